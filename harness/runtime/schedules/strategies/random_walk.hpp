// Random walk: at each point any thread that can go on, all equally likely.
#pragma once

#include "alternatives.hpp"
#include "random.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class RandomWalk final : public Strategy {
 public:
  explicit RandomWalk(std::uint64_t seed) : seed_(seed) {}

  bool new_execution(std::uint64_t index) override {
    random_ = random_of(seed_, index);
    return true;
  }
  ThreadId choose_thread(const SchedulingPoint& point) override {
    return point.candidates[random_.below(static_cast<std::uint32_t>(point.candidates.size()))];
  }
  std::uint32_t choose_alternative(std::uint64_t, AlternativeKind kind, std::uint32_t count) override {
    return random_alternative(random_, kind, count);
  }

 private:
  std::uint64_t seed_;
  Random random_{0};
};

}  // namespace racecourse::schedules
