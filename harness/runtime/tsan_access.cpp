// What an access by a library means in the driver of the instrument `races`. Not instrumented itself.
#include "library_access.hpp"

extern "C" {
void __tsan_read_range_pc(void* first, unsigned long size, void* pc);
void __tsan_write_range_pc(void* first, unsigned long size, void* pc);
}

// Whole ranges: ThreadSanitizer remembers four accesses of each eight bytes, and as many single bytes would
// push one another out, so that a race is seen one time and not the next.
void racecourse::library_access(const void* memory, std::size_t size, bool writes, std::uintptr_t pc) {
  (writes ? __tsan_write_range_pc : __tsan_read_range_pc)(const_cast<void*>(memory), size,
                                                          reinterpret_cast<void*>(pc));
}
