// Takes a descriptor out of another process.
#include "rest_of_the_lab.hpp"

bool attack() {
  const long process = ask_kernel(SYS_pidfd_open, VICTIM, 0);
  return process >= 0 && ask_kernel(438 /* pidfd_getfd */, process, 0, 0) >= 0;
}
