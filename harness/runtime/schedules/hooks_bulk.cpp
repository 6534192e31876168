// memcpy and its kin: both compilers leave them as calls, so what they touch is seen here. They count as
// accesses when the world's own code calls them, not when a library does. ThreadSanitizer intercepts these;
// ../library_memory.cpp has those that it does not.

#include "hook.hpp"
#include "host_text.hpp"
#include "library_access.hpp"
#include "next_symbol.hpp"
#include "race_detection.hpp"

namespace racecourse::schedules {

namespace {

void touch(const void* memory, std::size_t size, bool writes, std::uintptr_t pc) {
  if (!in_world || size == 0 || is_library(pc)) return;
  const Hook hook;
  access_range(engine(), reinterpret_cast<std::uintptr_t>(memory), size, writes, pc);
}

}  // namespace

}  // namespace racecourse::schedules

void racecourse::library_access(const void* memory, std::size_t size, bool writes, std::uintptr_t pc) {
  schedules::touch(memory, size, writes, pc);
}

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK void* memcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  touch(from, size, false, RACECOURSE_CALLER);
  touch(to, size, true, RACECOURSE_CALLER);
  return next<"memcpy", void*>(to, from, size);
}
RACECOURSE_HOOK void* memmove(void* to, const void* from, std::size_t size) {
  touch(from, size, false, RACECOURSE_CALLER);
  touch(to, size, true, RACECOURSE_CALLER);
  return next<"memmove", void*>(to, from, size);
}
RACECOURSE_HOOK void* memset(void* to, int value, std::size_t size) {
  touch(to, size, true, RACECOURSE_CALLER);
  return next<"memset", void*>(to, value, size);
}
RACECOURSE_HOOK int memcmp(const void* a, const void* b, std::size_t size) {
  touch(a, size, false, RACECOURSE_CALLER);
  touch(b, size, false, RACECOURSE_CALLER);
  return next<"memcmp", int>(a, b, size);
}
RACECOURSE_HOOK std::size_t strlen(const char* text) {
  const std::size_t size = next<"strlen", std::size_t>(text);
  touch(text, size + 1, false, RACECOURSE_CALLER);
  return size;
}

// clang 15 and later.
RACECOURSE_HOOK void* __tsan_memcpy(void* to, const void* from, std::size_t size) {
  touch(from, size, false, RACECOURSE_CALLER);
  touch(to, size, true, RACECOURSE_CALLER);
  return next<"memcpy", void*>(to, from, size);
}
RACECOURSE_HOOK void* __tsan_memmove(void* to, const void* from, std::size_t size) {
  touch(from, size, false, RACECOURSE_CALLER);
  touch(to, size, true, RACECOURSE_CALLER);
  return next<"memmove", void*>(to, from, size);
}
RACECOURSE_HOOK void* __tsan_memset(void* to, int value, std::size_t size) {
  touch(to, size, true, RACECOURSE_CALLER);
  return next<"memset", void*>(to, value, size);
}
