// The virtual clock: every clock of the world, and what deadlines on them mean.
//
// It starts anew in each execution: the monotonic clocks at 1000 s, the real-time clock at 2000-01-01
// 00:00:00 UTC, so that nothing depends on the day. It moves when everybody waits, and a little when a thread
// looks at it again and again.
#pragma once

#include <time.h>

#include <cstdint>
#include <optional>

namespace racecourse::schedules {

// The virtual time at which an absolute time of that clock is reached; 0 if it has passed before the start.
[[nodiscard]] std::uint64_t deadline_of(clockid_t clock, const timespec& absolute);
[[nodiscard]] std::uint64_t deadline_after(const timespec& duration);
[[nodiscard]] timespec virtual_now(clockid_t clock);
[[nodiscard]] inline bool is_valid(const timespec& time) {
  return time.tv_nsec >= 0 && time.tv_nsec < 1'000'000'000;
}

}  // namespace racecourse::schedules
