// Gives itself a better priority than everybody.
#include "rest_of_the_lab.hpp"

#include <sys/resource.h>
#include <sched.h>

bool attack() {
  return ::setpriority(PRIO_PROCESS, 0, -20) == 0;
}
