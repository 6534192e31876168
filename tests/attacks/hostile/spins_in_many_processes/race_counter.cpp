// Eight processes that never end.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  for (int i = 0; i < 8; ++i)
    in_a_child([] {
      ::setsid();
      for (;;) (void)::getppid();
    });
  for (;;) ::sleep(1);
}
