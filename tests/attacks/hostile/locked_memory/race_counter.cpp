// Locks its memory, all of it and what is to come.
#include "rest_of_the_lab.hpp"

#include <sys/mman.h>

bool attack() {
  return ::mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}
