// What every hook begins with.
#pragma once

#include <cstdint>

#include "engine.hpp"
#include "next_symbol.hpp"
#include "world_flag.hpp"

namespace racecourse::schedules {

using racecourse::next;

// Leaves the world for the time of a hook. Pre: in_world.
class Hook {
 public:
  Hook() { in_world = false; }
  Hook(const Hook&) = delete;
  Hook& operator=(const Hook&) = delete;
  ~Hook() { in_world = true; }
};

}  // namespace racecourse::schedules
