// Lends its memory to a child that never gives it back: it cannot be woken.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  if (ask_kernel(SYS_clone, 0x4000 /* CLONE_VFORK */ | SIGCHLD, 0, 0, 0, 0) == 0)
    for (;;) ::pause();
  return true;
}
