// next<"name", Result>(arguments...): calls the function of that name that ours hides, the library's.
//
// For hooks: functions of a driver that stand in for a library's. Usable before constructors have run.
#pragma once

#include <cstddef>

// A hook: a function of the compiler's ABI or of a library that the submission calls instead of the real one.
#define RACECOURSE_HOOK extern "C" __attribute__((visibility("default"), used, noinline))
// The address of the code that called the hook.
#define RACECOURSE_CALLER reinterpret_cast<std::uintptr_t>(__builtin_return_address(0))

namespace racecourse {

template <std::size_t kSize>
struct SymbolName {
  char text[kSize];
  consteval SymbolName(
      const char (&name)[kSize]) {  // NOLINT: implicit, so that a literal is a template argument.
    for (std::size_t i = 0; i < kSize; ++i) text[i] = name[i];
  }
};

// Aborts with a message where there is none. For pthread_cond_*, of which glibc has two ABIs, the current
// one.
[[nodiscard]] void* find_next_symbol(const char* name);

template <SymbolName kName, class Result, class... Arguments>
Result next(Arguments... arguments) {
  static Result (*const function)(Arguments...) =
      reinterpret_cast<Result (*)(Arguments...)>(find_next_symbol(kName.text));
  return function(arguments...);
}

}  // namespace racecourse
