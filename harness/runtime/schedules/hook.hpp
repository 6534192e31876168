// What every hook begins with.
#pragma once

#include <cstdint>

#include "engine.hpp"
#include "world_flag.hpp"

// A hook: a function of the compiler's ABI or of the C library that the world calls instead of the real one.
#define RACECOURSE_HOOK extern "C" __attribute__((visibility("default"), used, noinline))
// The address of the code that called the hook.
#define RACECOURSE_CALLER reinterpret_cast<std::uintptr_t>(__builtin_return_address(0))

namespace racecourse::schedules {

// Leaves the world for the time of a hook. Pre: in_world.
class Hook {
 public:
  Hook() { in_world = false; }
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;
  ~Hook() { in_world = true; }
};

}  // namespace racecourse::schedules
