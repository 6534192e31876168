// Opens a private file to all.
#include "rest_of_the_lab.hpp"

#include <sys/stat.h>

bool attack() {
  return ::chmod("CANARY_FOLDER/private", 0666) == 0;
}
