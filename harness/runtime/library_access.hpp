// What a library's own code does to memory for its caller.
//
// Libraries are not instrumented, so a race that takes place in one of their functions is seen only if a hook
// says what the function touches. The hooks that every detector lacks stand in library_memory.cpp and
// library_streams.cpp and are linked into the drivers `tsan` and `schedules`; each driver says in its own way
// what an access means.
#pragma once

#include <cstddef>
#include <cstdint>

#include "next_symbol.hpp"

namespace racecourse {

// Counts as an access by the code at `pc`; under `schedules` unless that is a library's own. Any thread may
// call it.
void library_access(const void* memory, std::size_t size, bool writes, std::uintptr_t pc);

// Lengths of texts by the library's own functions, which are no accesses.
inline std::size_t length_of(const char* text) { return next<"strlen", std::size_t>(text); }
inline std::size_t length_of(const char* text, std::size_t most) {
  return next<"strnlen", std::size_t>(text, most);
}
inline std::size_t length_of(const wchar_t* text) { return next<"wcslen", std::size_t>(text); }

// Bytes up to and with the one that was found, an object of `unit` bytes; all of them if none was.
inline std::size_t looked_at(const void* first, const void* found, std::size_t all, std::size_t unit = 1) {
  if (found == nullptr) return all;
  return static_cast<std::size_t>(static_cast<const char*>(found) - static_cast<const char*>(first)) + unit;
}

// The code at `pc`, which called a library's function. What the function may leave out is no access: nullptr.
class LibraryCaller {
 public:
  explicit LibraryCaller(std::uintptr_t pc) : pc_(pc) {}
  void reads(const void* memory, std::size_t bytes) const { touches(memory, bytes, false); }
  void writes(const void* memory, std::size_t bytes) const { touches(memory, bytes, true); }
  // Up to and with the null character, or `most` bytes of it.
  void reads_text(const char* text) const { reads(text, length_of(text) + 1); }
  void reads_text(const char* text, std::size_t most) const {
    const std::size_t length = length_of(text, most);
    reads(text, length < most ? length + 1 : most);
  }
  void reads_wide_text(const wchar_t* text) const { reads(text, (length_of(text) + 1) * sizeof *text); }

 private:
  void touches(const void* memory, std::size_t bytes, bool writes) const {
    if (memory != nullptr && bytes > 0) library_access(memory, bytes, writes, pc_);
  }
  const std::uintptr_t pc_;
};

}  // namespace racecourse

// RACECOURSE_LIBRARY_HOOK(RESULT, NAME, (PARAMETERS), (ARGUMENTS), STATEMENTS): the library's function, which
// touches for its `caller` what the statements say. The name is given to the assembler: headers declare some
// of these functions in other ways, or not at all.
#define RACECOURSE_LIBRARY_HOOK(type, name, parameters, arguments, ...) \
  RACECOURSE_LIBRARY_HOOK_AS(type, name, parameters,                    \
                             __VA_ARGS__ return ::racecourse::next<#name, type> arguments;)
// What it touches is known, from `result` among others, when it has been called.
#define RACECOURSE_LIBRARY_HOOK_AFTER(type, name, parameters, arguments, ...)               \
  RACECOURSE_LIBRARY_HOOK_AS(type, name, parameters,                                        \
                             const auto result = ::racecourse::next<#name, type> arguments; \
                             __VA_ARGS__ return result;)
// With a body of its own.
#define RACECOURSE_LIBRARY_HOOK_AS(type, name, parameters, ...)                   \
  RACECOURSE_HOOK type racecourse_hook_of_##name parameters asm(#name);           \
  type racecourse_hook_of_##name parameters {                                     \
    [[maybe_unused]] const ::racecourse::LibraryCaller caller(RACECOURSE_CALLER); \
    __VA_ARGS__                                                                   \
  }
