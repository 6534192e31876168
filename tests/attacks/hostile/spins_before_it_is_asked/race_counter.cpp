// Never ends, from the moment it is loaded.
#include "rest_of_the_lab.hpp"

[[gnu::constructor]] static void at_the_start() {
  for (;;) (void)::getppid();
}

bool attack() {
  return true;
}
