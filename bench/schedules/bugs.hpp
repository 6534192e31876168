// Programs with one classic bug each, to measure how soon a strategy finds it.
#pragma once

#include "finding.hpp"

namespace racecourse::bench {

struct Bug {
  const char* name;
  void (*body)();
  schedules::FindingKind kind;  // What counts as finding it.
  bool toy = false;             // One of the three that must be found within 20 schedules.
  const char* reach = nullptr;  // What the literature says, if 1000 schedules need not be enough.
};

inline constexpr int kBugs = 17;
extern const Bug bugs[kBugs];

}  // namespace racecourse::bench
