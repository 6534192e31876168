// Leaves a process behind that nobody can find by its parent, session, name or signals.
#include "rest_of_the_lab.hpp"

#include <csignal>
#include <sys/prctl.h>

bool attack() {
  in_a_child([] {
    ::setsid();
    in_a_child([] {
      ::prctl(PR_SET_NAME, "kworker/0:1");
      for (int signal = 1; signal < 64; ++signal) ::signal(signal, SIG_IGN);
      for (int fd = 0; fd < 256; ++fd) ::close(fd);
      for (;;) ::sleep(1000);
    });
  });
  return false;
}
