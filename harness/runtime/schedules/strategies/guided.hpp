// Guided: threads run until they wait or give way, except for a given list of preemptions. For minimisation.
//
// A preemption is named by the thread and how often it had been asked about before, which stays meaningful
// when another preemption is left out. When several could follow a thread that cannot go on, a recorded
// choice is taken, or the lowest.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "strategy.hpp"

namespace racecourse::schedules {

struct Switch {
  ThreadId from = 0;
  std::uint32_t ordinal = 0;  // Among the points at which `from` was running and `preempts` had this value.
  bool preempts = false;
  ThreadId to = 0;
};

class Guided : public Strategy {
 public:
  explicit Guided(std::vector<Switch> switches) : switches_(std::move(switches)) {}

  bool new_execution(std::uint64_t) override {
    for (auto& counts : counts_) counts.fill(0);
    return true;
  }
  ThreadId choose_thread(const SchedulingPoint& point) override {
    const std::uint32_t ordinal = counts_[point.preempts ? 1 : 0][point.running]++;
    const ThreadId expected = point.preempts ? point.running : point.candidates.front();
    for (const Switch& wanted : switches_)
      if (wanted.from == point.running && wanted.ordinal == ordinal && wanted.preempts == point.preempts &&
          std::find(point.candidates.begin(), point.candidates.end(), wanted.to) != point.candidates.end())
        return wanted.to;
    return expected;
  }
  std::uint32_t choose_alternative(std::uint64_t, AlternativeKind, std::uint32_t) override { return 0; }

 private:
  std::vector<Switch> switches_;
  std::array<std::array<std::uint32_t, kThreadsMax>, 2> counts_{};
};

// Lets another strategy choose and writes down what it chose, as switches.
class SwitchRecorder final : public Strategy {
 public:
  explicit SwitchRecorder(Strategy& inner) : inner_(inner) {}
  bool new_execution(std::uint64_t index) override {
    for (auto& counts : counts_) counts.fill(0);
    switches_.clear();
    return inner_.new_execution(index);
  }
  ThreadId choose_thread(const SchedulingPoint& point) override {
    const ThreadId chosen = inner_.choose_thread(point);
    const std::uint32_t ordinal = counts_[point.preempts ? 1 : 0][point.running]++;
    if (chosen != (point.preempts ? point.running : point.candidates.front()))
      switches_.push_back({point.running, ordinal, point.preempts, chosen});
    return chosen;
  }
  std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind, std::uint32_t count) override {
    return inner_.choose_alternative(step, kind, count);
  }
  [[nodiscard]] const std::vector<Switch>& switches() const { return switches_; }

 private:
  Strategy& inner_;
  std::vector<Switch> switches_;
  std::array<std::array<std::uint32_t, kThreadsMax>, 2> counts_{};
};

}  // namespace racecourse::schedules
