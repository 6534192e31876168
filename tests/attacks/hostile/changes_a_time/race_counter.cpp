// Makes a file older than it is.
#include "rest_of_the_lab.hpp"

#include <utime.h>

bool attack() {
  const utimbuf long_ago{1, 1};
  return ::utime("CANARY_FOLDER/open_to_all", &long_ago) == 0;
}
