// Each process makes the next and ends: none of them is old when somebody looks.
#include "rest_of_the_lab.hpp"

bool attack() {
  for (int i = 0; i < 100000; ++i) {
    if (in_a_child([] {}) < 0) break;
    if (ask_kernel(SYS_fork) > 0) ::_exit(0);
  }
  return true;
}
