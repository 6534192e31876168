// Asks for the largest core file and crashes.
#include "rest_of_the_lab.hpp"

#include <csignal>
#include <cstdlib>
#include <sys/resource.h>

bool attack() {
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  (void)::setrlimit(RLIMIT_CORE, &all);
  std::abort();
}
