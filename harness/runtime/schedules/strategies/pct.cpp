#include "pct.hpp"

#include <algorithm>

namespace racecourse::schedules {

bool Pct::new_execution(std::uint64_t index) {
  random_ = random_of(seed_, index);
  points_ = 0;
  priorities_.fill(0);
  drops_.clear();
  for (std::uint32_t i = 1; i < depth_; ++i) drops_.push_back(random_.below(points_max_));
  return true;
}

std::uint64_t& Pct::priority_of(ThreadId thread) {
  std::uint64_t& priority = priorities_[thread];
  // The thread's number makes it distinct whatever is drawn.
  if (priority == 0) priority = (random_.bits() >> 16 | std::uint64_t{1} << 47) << 16 | thread;
  return priority;
}

ThreadId Pct::choose_thread(const SchedulingPoint& point) {
  const auto highest = [&] {
    return *std::max_element(point.candidates.begin(), point.candidates.end(),
                             [this](ThreadId a, ThreadId b) { return priority_of(a) < priority_of(b); });
  };
  ThreadId chosen = highest();
  for (std::uint32_t i = 0; i < drops_.size(); ++i) {
    if (drops_[i] != points_) continue;
    priority_of(chosen) = i + 1;
    chosen = highest();
  }
  ++points_;
  return chosen;
}

void Pct::end_execution(bool) { points_max_ = std::max(points_max_, points_); }

}  // namespace racecourse::schedules
