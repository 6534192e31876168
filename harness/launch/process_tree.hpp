// The descendants of one process, as /proc shows them. Used by the launcher only; single-threaded.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace racecourse {

struct TreeSample {
  std::vector<pid_t> living;  // Without zombies.
  std::uint32_t tasks = 0;    // Threads of the living.
  std::uint64_t resident_bytes = 0;
  // Of the living, and of the children they have waited for (those in clock ticks of 10 ms).
  std::uint64_t cpu_us = 0;
  bool runnable = false;  // One of the threads is running, or waits for nothing but a core.
};

// A snapshot of all descendants of `root`, without `root` itself but with the CPU time of the children that
// it has waited for. Processes that come and go meanwhile may be missed; whoever must reach all repeats until
// nothing is left.
[[nodiscard]] TreeSample sample_descendants(pid_t root);

}  // namespace racecourse
