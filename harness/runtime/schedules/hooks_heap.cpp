// malloc and operator new. None of these is a switch point: the C library calls them where nobody expects a
// switch.
//
// What the C library itself asks for inside an execution (the buffer of stdout, say) it may keep, so that
// comes from its own heap, like everything the host asks for.
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include <cstring>
#include <new>

#include "heap.hpp"
#include "hook.hpp"
#include "host_text.hpp"
#include "race_detection.hpp"

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace racecourse::schedules {

namespace {

bool for_world(std::uintptr_t pc) { return (in_world && !is_c_library(pc)) || loading_world; }

void* allocate(std::size_t size, std::size_t alignment, std::uintptr_t pc) {
  if (!for_world(pc)) return alignment <= 16 ? __libc_malloc(size) : __libc_memalign(alignment, size);
  const bool before = in_world;
  in_world = false;
  const bool loading = loading_world;
  loading_world = false;  // The heap's own tables are the host's.
  void* const memory = heap().allocate(size, alignment);
  if (memory != nullptr && before) note_allocated(engine(), reinterpret_cast<std::uintptr_t>(memory), size);
  loading_world = loading;
  in_world = before;
  if (memory == nullptr) errno = ENOMEM;
  return memory;
}

void release(void* memory, std::uintptr_t pc) {
  if (memory == nullptr) return;
  if (!Heap::owns(memory)) return __libc_free(memory);
  if (!in_world) {
    const bool loading = loading_world;
    loading_world = false;
    (void)heap().release(memory);
    loading_world = loading;
    return;
  }
  const Hook hook;
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  Engine& engine = schedules::engine();
  const Heap::Block* const block = heap().block_at(memory);
  if (block == nullptr)
    engine.fail(FindingKind::double_free, "Memory is freed that malloc or new never gave out.",
                {engine.place_here("frees it", pc)});
  if (block->freed) {
    const AccessRecord first = engine.shadow.word(address).accesses[0];
    engine.fail(
        FindingKind::double_free, "Double free: the same memory is freed twice.",
        {engine.place_of("frees it first", static_cast<ThreadId>(first.thread), first.pc, first.context),
         engine.place_here("frees it again", pc)});
  }
  // The C++ library counts references (to exceptions, and to their texts) by atomics that no hook sees, so
  // what it frees itself may be ordered after all uses. Where it is not, another schedule uses it after it
  // was freed.
  note_freed(engine, address, block->size, pc, is_library(pc));
  (void)heap().release(memory);
}

void* reallocate(void* memory, std::size_t size, std::uintptr_t pc) {
  if (memory == nullptr) return allocate(size, 16, pc);
  if (!Heap::owns(memory)) return __libc_realloc(memory, size);
  const Heap::Block* const block = heap().block_at(memory);
  if (block == nullptr || block->freed) {
    release(memory, pc);  // Reports it.
    return nullptr;
  }
  const std::size_t old_size = block->size;
  void* const moved = allocate(size, 16, pc);
  if (moved == nullptr) return nullptr;
  const OutsideWorld outside;  // The copy is the library's, not the program's.
  std::memcpy(moved, memory, old_size < size ? old_size : size);
  in_world = engine().running();
  release(memory, pc);
  in_world = false;
  return moved;
}

void* allocate_zeroed(std::size_t count, std::size_t size, std::uintptr_t pc) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  if (!for_world(pc)) return __libc_calloc(count, size);
  void* const memory = allocate(bytes, 16, pc);
  const OutsideWorld outside;
  if (memory != nullptr) std::memset(memory, 0, bytes);
  return memory;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment, std::uintptr_t pc) {
  void* const memory = allocate(size, alignment, pc);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK void* malloc(std::size_t size) { return allocate(size, 16, RACECOURSE_CALLER); }
RACECOURSE_HOOK void* calloc(std::size_t count, std::size_t size) {
  return allocate_zeroed(count, size, RACECOURSE_CALLER);
}
RACECOURSE_HOOK void* realloc(void* memory, std::size_t size) {
  return reallocate(memory, size, RACECOURSE_CALLER);
}
RACECOURSE_HOOK void* reallocarray(void* memory, std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  return reallocate(memory, bytes, RACECOURSE_CALLER);
}
RACECOURSE_HOOK void free(void* memory) { release(memory, RACECOURSE_CALLER); }
RACECOURSE_HOOK void* memalign(std::size_t alignment, std::size_t size) {
  return allocate(size, alignment, RACECOURSE_CALLER);
}
RACECOURSE_HOOK void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return allocate(size, alignment, RACECOURSE_CALLER);
}
RACECOURSE_HOOK int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) return EINVAL;
  void* const memory = allocate(size, alignment, RACECOURSE_CALLER);
  if (memory == nullptr) return ENOMEM;
  *result = memory;
  return 0;
}
RACECOURSE_HOOK std::size_t malloc_usable_size(void* memory) {
  if (!Heap::owns(memory)) {
    // The C library keeps it before the block, with three flags.
    return memory == nullptr
               ? 0
               : (reinterpret_cast<std::size_t*>(memory)[-1] & ~std::size_t{7}) - sizeof(std::size_t);
  }
  const Heap::Block* const block = heap().block_at(memory);
  return block == nullptr ? 0 : block->size;
}

#define RACECOURSE_NEW __attribute__((visibility("default"), used, noinline))
RACECOURSE_NEW void* operator new(std::size_t size) { return allocate_or_throw(size, 16, RACECOURSE_CALLER); }
RACECOURSE_NEW void* operator new[](std::size_t size) {
  return allocate_or_throw(size, 16, RACECOURSE_CALLER);
}
RACECOURSE_NEW void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, 16, RACECOURSE_CALLER);
}
RACECOURSE_NEW void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, 16, RACECOURSE_CALLER);
}
RACECOURSE_NEW void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment), RACECOURSE_CALLER);
}
RACECOURSE_NEW void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment), RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete(void* memory) noexcept { release(memory, RACECOURSE_CALLER); }
RACECOURSE_NEW void operator delete[](void* memory) noexcept { release(memory, RACECOURSE_CALLER); }
RACECOURSE_NEW void operator delete(void* memory, std::size_t) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete[](void* memory, std::size_t) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete[](void* memory, std::align_val_t) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete(void* memory, const std::nothrow_t&) noexcept {
  release(memory, RACECOURSE_CALLER);
}
RACECOURSE_NEW void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  release(memory, RACECOURSE_CALLER);
}
