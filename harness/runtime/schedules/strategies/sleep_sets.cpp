#include "sleep_sets.hpp"

#include <algorithm>

namespace racecourse::schedules {

namespace {

bool is_about_a_mutex(OperationKind kind) {
  return kind == OperationKind::mutex_lock || kind == OperationKind::mutex_try_lock ||
         kind == OperationKind::mutex_unlock;
}

bool depends(const Operation& sleeping, const Operation& executed) {
  return conflict(sleeping, executed) ||
         (sleeping.kind == OperationKind::condition_wait && is_about_a_mutex(executed.kind));
}

}  // namespace

bool SleepSets::new_execution(std::uint64_t) {
  depth_ = 0;
  sleepers_.clear();
  abandons_ = false;
  if (begins_again_) {
    begins_again_ = false;
    path_.clear();
    complete_ = abandoned_ = 0;
    return true;
  }
  while (!path_.empty() && path_.back().at + 1 == path_.back().options.size()) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().at;
  return true;
}

void SleepSets::end_execution(bool complete) { ++(complete ? complete_ : abandoned_); }

bool SleepSets::sleeps(ThreadId thread) const {
  return std::any_of(sleepers_.begin(), sleepers_.end(),
                     [thread](const Sleeper& sleeper) { return sleeper.thread == thread; });
}

ThreadId SleepSets::choose_thread(const SchedulingPoint& point) {
  if (depth_ == path_.size()) {
    Choice choice;
    // The running thread first, so that the first executions have the fewest preemptions.
    if (point.preempts && !sleeps(point.running)) choice.options.push_back(point.running);
    for (const ThreadId candidate : point.candidates)
      if (!sleeps(candidate) && (!point.preempts || candidate != point.running))
        choice.options.push_back(candidate);
    if (choice.options.empty()) {
      abandons_ = true;
      return point.candidates.front();
    }
    path_.push_back(std::move(choice));
  }
  const Choice& choice = path_[depth_++];
  for (std::size_t i = 0; i < choice.at; ++i) {
    const auto explored = static_cast<ThreadId>(choice.options[i]);
    sleepers_.push_back({explored, point.next_of(explored)});
  }
  return static_cast<ThreadId>(choice.options[choice.at]);
}

std::uint32_t SleepSets::choose_alternative(std::uint64_t, AlternativeKind kind, std::uint32_t count) {
  if (depth_ == path_.size()) {
    Choice choice;
    for (std::uint32_t i = 0; i < count; ++i) choice.options.push_back(i);
    path_.push_back(std::move(choice));
  }
  const Choice& choice = path_[depth_++];
  const std::uint32_t chosen = choice.options[choice.at];
  if (kind == AlternativeKind::stopped_thread && chosen != 0) sleepers_.clear();
  return chosen;
}

void SleepSets::executed(ThreadId thread, const Operation& operation) {
  if (thread == kNoThread) return sleepers_.clear();
  // It was the only one that could go on, so nobody was asked.
  if (sleeps(thread)) abandons_ = true;
  std::erase_if(sleepers_, [&](const Sleeper& sleeper) { return depends(sleeper.next, operation); });
}

}  // namespace racecourse::schedules
