// Forks for ever, in all its processes.
#include "rest_of_the_lab.hpp"

bool attack() {
  for (;;) (void)ask_kernel(SYS_fork);
}
