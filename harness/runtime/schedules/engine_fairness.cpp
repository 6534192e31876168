// The fair schedule that follows the budget of steps, and the two things only it can show: livelock and
// starvation.
#include <algorithm>

#include "engine.hpp"
#include "starvation.hpp"
#include "stuck.hpp"

namespace racecourse::schedules {

void Engine::over_budget() {
  if (stopped_count_ != 0 && judge_operations()) return;
  if (!fair_) return begin_fairness();
  if (const Thread* const thread = starved()) report_starvation(*thread, *current_);
  report_livelock();
}

void Engine::begin_fairness() {
  fair_ = true;  // Of a replay, the fairness is in the recording.
  alarm_ = budget_alarm_ = std::max(2 * options_.steps_max, step_ + options_.steps_max / 2);
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    threads_[i]->bypasses = threads_[i]->passed_over = threads_[i]->turns_without = 0;
    threads_[i]->spin.forget_changes();
  }
}

// Random, so that threads that step aside for each other in lockstep come apart, and in runs, so that each
// gets to do something. The same numbers in every execution. Whoever has been left out for too long is next.
ThreadId Engine::pick_fairly(std::span<const ThreadId> open) {
  fair_state_ = fair_state_ * 6364136223846793005u + 1442695040888963407u;
  const std::uint64_t draw = fair_state_ >> 33;
  const bool goes_on = draw % 8 != 0 && std::find(open.begin(), open.end(), current_->id) != open.end();
  ThreadId chosen = goes_on ? current_->id : open[draw / 8 % open.size()];
  for (const ThreadId id : open) {
    const std::uint32_t turns = ++threads_[id]->turns_without;
    if (turns > kPatience * open.size() && turns > threads_[chosen]->turns_without) chosen = id;
  }
  threads_[chosen]->turns_without = 0;
  return chosen;
}

std::uint32_t Engine::bypasses_max() const { return options_.bypasses_max + (kPatience + 1) * thread_count_; }

void Engine::note_acquired(SyncObject& object, const ThreadQueue& contenders) {
  for (Thread* other = contenders.first(); other != nullptr; other = other->queue_next)
    if (++other->bypasses > bypasses_max()) report_starvation(*other, *current_);
  for (std::uint32_t i = 0; i < thread_count_; ++i)
    if (threads_[i]->sought == &object && threads_[i].get() != current_) ++threads_[i]->passed_over;
}

void Engine::note_changed(std::uintptr_t address) {
  for (const ThreadId id : runnable_)
    if (threads_[id].get() != current_ && threads_[id]->spin.watches(address)) ++threads_[id]->passed_over;
}

// Who got nowhere in all of the fair schedule while others did.
const Thread* Engine::starved() const {
  const Thread* found = nullptr;
  bool others_get_on = false;
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& thread = *threads_[i];
    if (thread.spin.changes() >= kPassedOver) {
      others_get_on = true;
    } else if (thread.state != ThreadState::finished && thread.spin.changes() == 0 &&
               thread.passed_over >= kPassedOver && found == nullptr) {
      found = &thread;
    }
  }
  return others_get_on ? found : nullptr;
}

void Engine::report_starvation(const Thread& thread, const Thread& other) {
  const bool blocked = thread.state == ThreadState::blocked && thread.waits_for != nullptr;
  const std::string waits = blocked ? waits_text(thread) : "waits";
  fail(FindingKind::starvation,
       "Starvation: thread " + std::to_string(thread.id) + " " + waits +
           " and never gets what it needs, while other threads get on, although every thread that can go on "
           "gets its turn again and again.",
       {place_of(waits + " for ever", thread.id, thread.pending.pc, thread.context),
        place_of("gets on meanwhile", other.id, other.pending.pc, other.context)});
}

void Engine::report_livelock() {
  std::vector<Place> places;
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& other = *threads_[i];
    if (other.state == ThreadState::finished) continue;
    const bool waits = other.state == ThreadState::blocked;
    places.push_back(place_of(waits ? "waits" : "goes on and on", other.id, other.pending.pc, other.context));
  }
  fail(FindingKind::livelock,
       "The threads keep running but never finish, although every one of them gets its turn again and again.",
       std::move(places));
}

}  // namespace racecourse::schedules
