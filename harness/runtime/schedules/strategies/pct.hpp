// PCT: threads have random priorities, the highest goes on, and at a few random moments the running one drops
// to the bottom.
//
// Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of
// Finding Bugs (ASPLOS 2010). Finds a bug of depth d with probability at least 1/(n k^(d-1)) for n threads
// and k points. Deviations: moments are counted in points of choice rather than instructions, and k is the
// most that earlier executions had.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "alternatives.hpp"
#include "random.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class Pct final : public Strategy {
 public:
  // `depth` >= 1: one more than the number of drops.
  Pct(std::uint64_t seed, std::uint32_t depth) : seed_(seed), depth_(depth) {}

  bool new_execution(std::uint64_t index) override;
  ThreadId choose_thread(const SchedulingPoint& point) override;
  std::uint32_t choose_alternative(std::uint64_t, AlternativeKind kind, std::uint32_t count) override {
    return random_alternative(random_, kind, count);
  }
  void end_execution(bool complete) override;

 private:
  std::uint64_t& priority_of(ThreadId thread);

  std::uint64_t seed_;
  std::uint32_t depth_;
  Random random_{0};
  std::uint32_t points_ = 0;  // In this execution.
  std::uint32_t points_max_ =
      1;  // In any so far. What the first execution drops, it drops at its first point.
  // All that have been drawn are distinct: 0 is not drawn yet, 1 to depth-1 belong to drops, larger ones are
  // random.
  std::array<std::uint64_t, kThreadsMax> priorities_{};
  std::vector<std::uint32_t> drops_;  // When.
};

}  // namespace racecourse::schedules
