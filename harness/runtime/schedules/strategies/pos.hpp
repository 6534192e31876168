// POS: each thread's next operation has a random priority, the highest happens, and those that conflict with
// it draw again.
//
// Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling (CAV 2018). Samples partial orders much more
// evenly than a random walk, since long runs of independent operations do not weigh.
#pragma once

#include <array>
#include <cstdint>

#include "alternatives.hpp"
#include "random.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class Pos final : public Strategy {
 public:
  explicit Pos(std::uint64_t seed) : seed_(seed) {}

  bool new_execution(std::uint64_t index) override {
    random_ = random_of(seed_, index);
    priorities_.fill(0);
    return true;
  }
  ThreadId choose_thread(const SchedulingPoint& point) override;
  std::uint32_t choose_alternative(std::uint64_t, AlternativeKind kind, std::uint32_t count) override {
    return random_alternative(random_, kind, count);
  }

 private:
  std::uint64_t seed_;
  Random random_{0};
  std::array<std::uint64_t, kThreadsMax> priorities_{};  // Of each thread's next operation; 0: not drawn.
};

}  // namespace racecourse::schedules
