// Forbids another process to open files.
#include "rest_of_the_lab.hpp"

#include <sys/resource.h>

bool attack() {
  const rlimit none{1, 1};
  return ask_kernel(SYS_prlimit64, VICTIM, RLIMIT_NOFILE, &none, nullptr) == 0;
}
