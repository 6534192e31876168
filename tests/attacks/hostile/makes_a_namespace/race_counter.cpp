// Makes a namespace of users, in which it would be root.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ask_kernel(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */) == 0;
}
