// Threads that are stopped inside operations that must be lock-free, and whether the others finish theirs.
// lock_free.hpp says what that means.
//
// A stopped thread stays among the runnable ones, because a replay knows it only as one that the recording
// does not choose; an ordinary execution leaves it out of the candidates.
#include <algorithm>

#include "engine.hpp"
#include "stuck.hpp"

namespace racecourse::schedules {

void Engine::begin_operation(std::uintptr_t pc) {
  private_step({OperationKind::operation_begin, 0, true, 0, pc});
  ++current_->operations;
  has_operations_ = true;
  if (stopped_count_ != 0) watch_operations();
}

void Engine::end_operation(std::uintptr_t pc) {
  private_step({OperationKind::operation_end, 0, true, 0, pc});
  --current_->operations;
  if (stopped_count_ != 0) watch_operations();
}

bool Engine::may_stop(const Thread& me) const {
  if (me.operations == 0 || me.stopped || me.starting || fair_) return false;
  // Unless there is somebody whom it might stop.
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& other = *threads_[i];
    if (&other == &me || other.state == ThreadState::finished) continue;
    if (other.state == ThreadState::runnable || other.operations != 0) return true;
  }
  return false;
}

void Engine::stop_thread(Thread& me) {
  me.stopped = true;
  ++stopped_count_;
  watch_operations();
}

void Engine::resume_stopped() {
  for (std::uint32_t i = 0; i < thread_count_; ++i) threads_[i]->stopped = false;
  stopped_count_ = 0;
}

void Engine::watch_operations() {
  watched_since_ = step_;
  alarm_ = std::min(alarm_, step_ + options_.steps_max);
}

bool Engine::operations_go_on() const {
  return std::any_of(runnable_.begin(), runnable_.end(),
                     [this](ThreadId id) { return threads_[id]->operations != 0 && !threads_[id]->stopped; });
}

bool Engine::only_stopped_can_go_on() const {
  return !runnable_.empty() && std::all_of(runnable_.begin(), runnable_.end(),
                                           [this](ThreadId id) { return threads_[id]->stopped; });
}

// Nobody but stopped threads can bring anything about, or will.
void Engine::go_on_without_stopped() {
  bool sleeps = false;
  bool blocked = false;
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& thread = *threads_[i];
    if (thread.state != ThreadState::blocked || thread.operations == 0) continue;
    (thread.has_deadline ? sleeps : blocked) = true;
  }
  if (blocked) report_not_lock_free();
  if (sleeps && pass_time()) return;
  resume_stopped();
}

// Whoever is in an operation; if nobody is, whoever is not stopped. Of these the diligent ones, or, where all
// in an operation go round a loop, the one that has waited longest: their loops may be bounded.
std::span<const ThreadId> Engine::candidates_beside_stopped() {
  const bool in_operation = operations_go_on();
  diligent_.clear();
  const auto open = [&](ThreadId id) {
    return !threads_[id]->stopped && (!in_operation || threads_[id]->operations != 0);
  };
  for (const ThreadId id : runnable_)
    if (open(id) && (fair_ || threads_[id]->laziness == Laziness::none)) diligent_.push_back(id);
  if (!diligent_.empty() || !in_operation) return diligent_;
  for (const ThreadId id : runnable_)
    if (open(id)) diligent_.push_back(id);
  diligent_ = {least_recent(diligent_)};
  return diligent_;
}

// The alarm has come while a thread is stopped. True: nothing else is to be done about it.
bool Engine::judge_operations() {
  const std::uint64_t limit = options_.steps_max;
  if (operations_go_on()) {
    if (step_ >= watched_since_ + limit) report_not_lock_free();
    if (step_ < budget_alarm_ + limit) {
      alarm_ = std::min(watched_since_, budget_alarm_) + limit;
      return true;
    }
  } else if (step_ < budget_alarm_) {
    alarm_ = budget_alarm_;
    return true;
  }
  go_on_without_stopped();
  return false;
}

void Engine::report_not_lock_free() {
  std::vector<Place> places;
  const Thread* victim = current_->operations != 0 && !current_->stopped ? current_ : nullptr;
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    const Thread& thread = *threads_[i];
    if (thread.stopped)
      places.push_back(place_of("is stopped in its operation", thread.id, thread.pending.pc, thread.context));
    if (thread.operations != 0 && !thread.stopped && victim == nullptr) victim = &thread;
  }
  const bool blocked = victim->state == ThreadState::blocked;
  const std::string how = blocked ? waits_text(*victim) : "tries again and again";
  places.push_back(place_of(how, victim->id, victim->pending.pc, victim->context));
  const std::string message = "Not lock-free: while thread " + std::to_string(places.front().thread) +
                              " is stopped in the middle of an operation, thread " +
                              std::to_string(victim->id) + " cannot finish its own: it " + how + ".";
  fail(FindingKind::not_lock_free, message, std::move(places));
}

}  // namespace racecourse::schedules
