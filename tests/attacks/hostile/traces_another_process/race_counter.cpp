// Becomes the debugger of another process.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ask_kernel(SYS_ptrace, 0x4206 /* PTRACE_SEIZE */, VICTIM, 0, 0) == 0;
}
