// Replay: does what a recorded schedule says, and nothing else.
#pragma once

#include <algorithm>
#include <array>

#include "schedule.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class ReplayStrategy final : public Strategy {
 public:
  explicit ReplayStrategy(const Schedule& schedule) : schedule_(schedule) {}

  bool new_execution(std::uint64_t) override {
    next_ = 0;
    followed_ = 0;
    return true;
  }
  bool replays() const override { return true; }
  ThreadId choose_thread(const SchedulingPoint& point) override {
    const bool goes_on = point.preempts;
    const ThreadId expected = goes_on ? point.running : point.candidates.front();
    skip_to(point.step);
    for (std::size_t i = next_; i < size() && at(i).step == point.step; ++i) {
      if (at(i).letter != ':') continue;
      const auto wanted = static_cast<ThreadId>(at(i).choice);
      if (std::find(point.candidates.begin(), point.candidates.end(), wanted) == point.candidates.end())
        return expected;
      ++followed_;
      return wanted;
    }
    return expected;
  }
  std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind, std::uint32_t count) override {
    skip_to(step);
    if (step != asked_step_) asked_ = {};
    asked_step_ = step;
    const auto index = static_cast<std::size_t>(kind);
    const std::uint32_t ordinal = asked_[index]++;
    std::uint32_t timeouts = 0;
    for (std::size_t i = next_; i < size() && at(i).step == step; ++i) {
      if (at(i).letter != kAlternativeLetters[index]) continue;
      // The recording numbers these by how often it asked; a replay asks until it hears no, so their count
      // decides.
      const std::uint32_t place = kind == AlternativeKind::early_timeout ? timeouts++ : at(i).ordinal;
      if (place != ordinal || at(i).choice >= count) continue;
      ++followed_;
      return at(i).choice;
    }
    return 0;
  }
  // Every decision was there to be taken.
  [[nodiscard]] bool faithful() const { return followed_ == size(); }

 private:
  [[nodiscard]] std::size_t size() const { return schedule_.decisions.size(); }
  [[nodiscard]] const Decision& at(std::size_t i) const { return schedule_.decisions[i]; }
  void skip_to(std::uint64_t step) {
    while (next_ < size() && at(next_).step < step) ++next_;
  }

  Schedule schedule_;
  std::size_t next_ = 0;
  std::size_t followed_ = 0;
  std::uint64_t asked_step_ = ~std::uint64_t{0};
  std::array<std::uint32_t, kAlternativeLetters.size()> asked_{};
};

}  // namespace racecourse::schedules
