// Asks whether a file exists.
#include "rest_of_the_lab.hpp"

#include <sys/stat.h>

bool attack() {
  struct stat status;
  return ::stat("CANARY_FOLDER/open_to_all", &status) == 0;
}
