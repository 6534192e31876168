// Fills memory as fast as it can.
#include "rest_of_the_lab.hpp"

#include <cstring>
#include <sys/mman.h>

bool attack() {
  for (;;) {
    void* const memory = ::mmap(nullptr, 1u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) std::memset(memory, 1, 1u << 20);
  }
}
