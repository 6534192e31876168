// Locks all memory that it will ever have, and fills it.
#include "rest_of_the_lab.hpp"

#include <cstring>
#include <sys/mman.h>

bool attack() {
  (void)::mlockall(MCL_CURRENT | MCL_FUTURE);
  for (;;) {
    void* const memory = ::mmap(nullptr, 1u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    std::memset(memory, 1, 1u << 20);
  }
}
