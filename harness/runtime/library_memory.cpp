// Functions of the C library that touch memory for their caller and that ThreadSanitizer does not intercept.
#include <search.h>
#include <string.h>
#include <unistd.h>

#include "library_access.hpp"
#include "next_symbol.hpp"

using racecourse::library_access;
using racecourse::next;

RACECOURSE_HOOK void* memccpy(void* __restrict to, const void* __restrict from, int last, std::size_t size) {
  const void* const found = next<"memchr", void*>(from, last, size);
  const std::size_t copied =
      found == nullptr
          ? size
          : static_cast<std::size_t>(static_cast<const char*>(found) - static_cast<const char*>(from)) + 1;
  library_access(from, copied, false, RACECOURSE_CALLER);
  library_access(to, copied, true, RACECOURSE_CALLER);
  return next<"memccpy", void*>(to, from, last, size);
}
RACECOURSE_HOOK void* mempcpy(void* __restrict to, const void* __restrict from, std::size_t size) {
  library_access(from, size, false, RACECOURSE_CALLER);
  library_access(to, size, true, RACECOURSE_CALLER);
  return next<"mempcpy", void*>(to, from, size);
}
RACECOURSE_HOOK void swab(const void* __restrict from, void* __restrict to, ssize_t size) {
  if (size > 1) {
    const std::size_t even = static_cast<std::size_t>(size) & ~std::size_t{1};
    library_access(from, even, false, RACECOURSE_CALLER);
    library_access(to, even, true, RACECOURSE_CALLER);
  }
  next<"swab", void>(from, to, size);
}
RACECOURSE_HOOK char* strcat(char* __restrict to, const char* __restrict from) {
  const std::size_t old = next<"strlen", std::size_t>(to);
  const std::size_t added = next<"strlen", std::size_t>(from) + 1;
  library_access(to, old + 1, false, RACECOURSE_CALLER);
  library_access(from, added, false, RACECOURSE_CALLER);
  library_access(to + old, added, true, RACECOURSE_CALLER);
  return next<"strcat", char*>(to, from);
}
// It calls back: what it touches is noted before.
RACECOURSE_HOOK void* lfind(const void* key, const void* first, std::size_t* count, std::size_t size,
                            int (*compare)(const void*, const void*)) {
  library_access(first, *count * size, false, RACECOURSE_CALLER);
  return next<"lfind", void*>(key, first, count, size, compare);
}
