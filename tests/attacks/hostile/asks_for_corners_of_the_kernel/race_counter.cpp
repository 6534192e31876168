// Asks for parts of the kernel with a history of holes.
#include "rest_of_the_lab.hpp"

#include <cstdint>

bool attack() {
  unsigned map[18] = {2, 4, 4, 1};  // An array with one number.
  unsigned counter[32] = {1, 128};
  return ask_kernel(SYS_bpf, 0, map, sizeof map) >= 0 || ask_kernel(SYS_userfaultfd, 0) >= 0 ||
         ask_kernel(SYS_keyctl, 0, -3, 1) >= 0 || ask_kernel(SYS_perf_event_open, counter, VICTIM, -1, -1, 0) >= 0;
}
