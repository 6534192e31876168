#include "exhaustive.hpp"

#include <algorithm>

#include "world_flag.hpp"

namespace racecourse::schedules {

bool Exhaustive::new_execution(std::uint64_t) {
  depth_ = 0;
  preemptions_ = 0;
  abandons_ = false;
  last_ = 0;
  hash_.reset();
  if (begins_again_) {
    begins_again_ = false;
    path_.clear();
    states_.clear();
    ends_.clear();
    complete_ = 0;
    limited_ = false;
    return true;
  }
  while (!path_.empty() && path_.back().at + 1 == path_.back().options.size()) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().at;
  return true;
}

void Exhaustive::end_execution(bool complete) {
  if (!complete) return;
  ++complete_;
  if (limits_.reduce && ends_.size() < kStatesMax) ends_.insert(hash_.value());
}

void Exhaustive::choices_grew() { begins_again_ = true; }

std::uint32_t Exhaustive::take() {
  const Choice& choice = path_[depth_++];
  preemptions_ = choice.preemptions + (choice.costs && choice.at > 0 ? 1 : 0);
  return choice.options[choice.at];
}

ThreadId Exhaustive::choose_thread(const SchedulingPoint& point) {
  if (depth_ == path_.size()) {
    if (limits_.reduce && seen_before(point)) {
      abandons_ = true;
      return point.candidates.front();
    }
    Choice choice;
    choice.preemptions = preemptions_;
    choice.costs = point.preempts;
    if (point.preempts) choice.options.push_back(point.running);
    const bool may_switch = !point.preempts || preemptions_ < limits_.preemptions_max;
    for (const ThreadId candidate : point.candidates)
      if (may_switch && (!point.preempts || candidate != point.running)) choice.options.push_back(candidate);
    limited_ = limited_ || !may_switch;
    path_.push_back(std::move(choice));
  }
  const auto chosen = static_cast<ThreadId>(take());
  if (std::find(point.candidates.begin(), point.candidates.end(), chosen) == point.candidates.end()) {
    // The program did something else after the same choices. The search cannot go on from here; the
    // explorer's replays tell such a program apart.
    limited_ = true;
    return point.candidates.front();
  }
  return chosen;
}

std::uint32_t Exhaustive::choose_alternative(std::uint64_t, AlternativeKind kind, std::uint32_t count) {
  if (depth_ == path_.size()) {
    Choice choice;
    choice.preemptions = preemptions_;
    for (std::uint32_t i = 0; i < count; ++i) choice.options.push_back(i);
    path_.push_back(std::move(choice));
  }
  const std::uint32_t chosen = std::min(take(), count - 1);
  hash_.chose(last_, (std::uint64_t{chosen} << 8 | static_cast<std::uint64_t>(kind)) + 0x100);
  return chosen;
}

void Exhaustive::executed(ThreadId thread, const Operation& operation) {
  if (thread != kNoThread) last_ = thread;
  hash_.executed(thread, operation);
}

bool Exhaustive::seen_before(const SchedulingPoint& point) {
  std::uint64_t key = hash_.value();
  for (const ThreadId candidate : point.candidates) key = HappensBeforeHash::mix(key, candidate);
  const bool bounded = limits_.preemptions_max != kUnbounded;
  // Without a bound it does not matter who was running.
  if (bounded) key = HappensBeforeHash::mix(key, point.preempts ? point.running : kNoThread);
  const std::uint32_t preemptions = bounded ? preemptions_ : 0;
  const auto found = states_.find(key);
  if (found != states_.end()) {
    if (found->second <= preemptions) return true;
    found->second = preemptions;
    return false;
  }
  if (states_.size() < kStatesMax) states_.emplace(key, preemptions);
  return false;
}

}  // namespace racecourse::schedules
