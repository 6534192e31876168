// Whose code an address belongs to, quickly: hooks that the C library and the C++ library also call ask at
// every call.
//
// Before find_host_text() every answer is the one for the world.
#pragma once

#include <cstdint>

namespace racecourse::schedules {

struct TextRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  [[nodiscard]] bool holds(std::uintptr_t address) const { return address - begin < end - begin; }
};
extern constinit TextRange c_library_text;
extern constinit TextRange cpp_library_text;

void find_host_text();

[[nodiscard]] inline bool is_c_library(std::uintptr_t pc) { return c_library_text.holds(pc); }
// Code that is not instrumented, so that what it does to memory says nothing about the world's own accesses.
[[nodiscard]] inline bool is_library(std::uintptr_t pc) {
  return is_c_library(pc) || cpp_library_text.holds(pc);
}

}  // namespace racecourse::schedules
