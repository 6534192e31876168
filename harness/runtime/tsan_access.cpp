// What an access by a library means in the driver of the instrument `races`. Not instrumented itself.
#include <algorithm>

#include "library_access.hpp"

extern "C" {
void __tsan_read1_pc(void* address, void* pc);
void __tsan_write1_pc(void* address, void* pc);
}

void racecourse::library_access(const void* memory, std::size_t size, bool writes, std::uintptr_t pc) {
  // A race shows in any of its bytes; ThreadSanitizer's functions for whole ranges take no place in the code.
  constexpr std::size_t kBytesMax = 256;
  char* const first = const_cast<char*>(static_cast<const char*>(memory));
  for (char* byte = first; byte < first + std::min(size, kBytesMax); ++byte)
    (writes ? __tsan_write1_pc : __tsan_read1_pc)(byte, reinterpret_cast<void*>(pc));
}
