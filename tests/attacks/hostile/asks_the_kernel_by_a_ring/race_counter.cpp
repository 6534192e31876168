// Makes a ring for asynchronous system calls, which pass by filters.
#include "rest_of_the_lab.hpp"

bool attack() {
  unsigned settings[30] = {};
  return ask_kernel(425 /* io_uring_setup */, 4, settings) >= 0;
}
