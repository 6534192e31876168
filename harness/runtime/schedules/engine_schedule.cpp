// Who goes on, and what happens when nobody can.
#include <signal.h>

#include <algorithm>
#include <utility>

#include "context_switch.hpp"
#include "engine.hpp"

extern "C" [[gnu::noinline, gnu::visibility("default")]] void racecourse_story_step(unsigned thread,
                                                                                    unsigned long step) {
  asm volatile("" : : "r"(thread), "r"(step));
}

namespace racecourse::schedules {

void Engine::point(const Operation& operation) {
  Thread& me = *current_;
  me.pending = operation;
  ++step_;
  private_run_ = 0;
  // Who comes to something else has left its loop, and whether it goes on first is a choice again.
  if (!me.spin.comes_by(operation.pc) && me.laziness == Laziness::spinning) [[unlikely]]
    clear_laziness(me);
  if (recorder_ != nullptr) recorder_->settle(me.id);
  if (has_operations_ && may_stop(me) && choose(AlternativeKind::stopped_thread, 2) != 0) [[unlikely]] {
    stop_thread(me);
    reschedule(me);
  } else if (me.starting || runnable_.size() != 1 || runnable_[0] != me.id || lazy_count_ != 0 ||
             step_ >= alarm_ || (timed_count_ != 0 && (adversity_left_[0] != 0 || replaying_))) {
    reschedule(me);
  }
  // From here on the operation happens. Whoever had only given way may go on again.
  if (lazy_count_ != 0) clear_all_laziness(Laziness::yielded);
  if (watching_) [[unlikely]]
    note_executed(me);
}

void Engine::note_executed(Thread& thread) {
  if (recorder_ != nullptr) {
    recorder_->settle(thread.id);
    recorder_->executes(step_, thread.id, thread.pending, thread.context);
  }
  if (std::binary_search(options_.stops.begin(), options_.stops.end(), step_))
    racecourse_story_step(thread.id, step_);
  if (!wants_operations_) return;
  strategy_->executed(thread.id, thread.pending);
  if (strategy_->abandons()) stop(ExecutionEnd::pruned);
}

void Engine::end_private_run() {
  if (step_ >= alarm_) over_budget();
  if (private_run_ < kPrivateRunMax) return;
  private_run_ = 0;
  // A thread that has not shown a first operation for so long is no longer waited for by its creator.
  if (current_->starting || runnable_.size() > 1) reschedule(*current_);
}

void Engine::learn_racy(Word& word) {
  if (word.racy) return;
  word.racy = true;
  execution_.choices_grew = true;
}

void Engine::learn_tried(Word& word) {
  if (word.tried) return;
  word.tried = true;
  execution_.choices_grew = true;
}

void Engine::note_toucher(Word& word) {
  if (word.toucher == kNoThread) {
    word.toucher = current_->id;
  } else if (!word.shared) {
    word.shared = true;
    execution_.choices_grew = true;
  }
}

void Engine::return_to_creator(Thread& thread) {
  thread.starting = false;
  record_choice(thread, thread.creator);
  switch_to(*threads_[thread.creator]);
}

void Engine::reschedule(Thread& me) {
  if (me.starting) return return_to_creator(me);
  Thread& next = choose_next(me);
  if (&next != &me) switch_to(next);
}

void Engine::switch_to(Thread& next) {
  Thread& me = *current_;
  current_ = &next;
  ++execution_.switches;
  if (stopped_count_ != 0) [[unlikely]] {
    if (next.stopped) resume_stopped();
    if (me.operations == 0 && next.operations != 0) watch_operations();
  }
  next.last_scheduled = step_;
  switch_context(&me.stack_pointer, next.stack_pointer, next.thread_pointer);
}

Thread& Engine::choose_next(Thread& me) {
  for (;;) {
    if (step_ >= alarm_) over_budget();
    if (timed_count_ != 0 && !runnable_.empty() && choose(AlternativeKind::early_timeout, 2) != 0) {
      pass_time();
      continue;
    }
    const ThreadId chosen = pick(me);
    if (chosen == kNoThread) continue;
    record_choice(me, chosen);
    return *threads_[chosen];
  }
}

// kNoThread: time has passed, look again.
ThreadId Engine::pick(Thread& me) {
  if (stopped_count_ != 0 && only_stopped_can_go_on()) {
    go_on_without_stopped();
    return kNoThread;
  }
  const std::span<const ThreadId> open = candidates();
  if (open.empty()) {
    if (stopped_count_ != 0) {
      // Everybody else goes round a loop outside of operations.
      go_on_without_stopped();
      return kNoThread;
    }
    if (timed_count_ != 0) {
      // Whoever looks at the same value again and again may be about to stop: time waits for a while.
      if (!runnable_.empty() && idle_turns_++ < kIdleTurnsMax * runnable_.size())
        return least_recent(runnable_);
      if (!runnable_.empty()) record_alternative(AlternativeKind::early_timeout, 1);
      pass_time();
      return kNoThread;
    }
    if (runnable_.empty()) {
      nobody_can_go_on();
      fair_ = true;  // The answer to a question is nothing to explore.
      return kNoThread;
    }
    // Everybody goes round a loop that only somebody else can end, and nobody sleeps: each in turn, since the
    // loops may be bounded. That is no choice: any other order gives the same.
    return least_recent(runnable_);
  }
  if (open.size() == 1) return open[0];
  const bool preempts = std::find(open.begin(), open.end(), me.id) != open.end();
  const ThreadId chosen = fair_ && !replaying_ ? pick_fairly(open) : ask(me, open, preempts);
  if (preempts && chosen != me.id) ++execution_.preemptions;
  return chosen;
}

ThreadId Engine::ask(Thread& me, std::span<const ThreadId> open, bool preempts) {
  const SchedulingPoint where{step_, open, me.id, preempts, next_.data()};
  const ThreadId chosen = strategy_->choose_thread(where);
  if (strategy_->abandons()) stop(ExecutionEnd::pruned);
  return chosen;
}

// What a replay would do by itself need not be recorded.
void Engine::record_choice(const Thread& me, ThreadId chosen) {
  const bool goes_on = me.state == ThreadState::runnable;
  if (chosen != (goes_on ? me.id : runnable_.front()))
    execution_.decisions.push_back({step_, ':', 0, chosen});
}

void Engine::record_alternative(AlternativeKind kind, std::uint32_t chosen) {
  const auto index = static_cast<std::size_t>(kind);
  if (alternatives_step_ != step_) alternatives_at_step_ = {};
  alternatives_step_ = step_;
  const std::uint16_t ordinal = alternatives_at_step_[index]++;
  if (chosen != 0) execution_.decisions.push_back({step_, kAlternativeLetters[index], ordinal, chosen});
}

std::span<const ThreadId> Engine::candidates() {
  if (stopped_count_ != 0 && !replaying_) return candidates_beside_stopped();
  if (lazy_count_ == 0 || replaying_ || fair_) return runnable_;
  diligent_.clear();
  for (const ThreadId id : runnable_)
    if (threads_[id]->laziness == Laziness::none) diligent_.push_back(id);
  return diligent_;
}

ThreadId Engine::least_recent(std::span<const ThreadId> open) {
  return *std::min_element(open.begin(), open.end(), [this](ThreadId a, ThreadId b) {
    return threads_[a]->last_scheduled < threads_[b]->last_scheduled;
  });
}

bool Engine::pass_time() {
  if (timed_count_ == 0) return false;
  std::uint64_t earliest = ~std::uint64_t{0};
  for (std::uint32_t i = 0; i < thread_count_; ++i)
    if (threads_[i]->has_deadline) earliest = std::min(earliest, threads_[i]->deadline_ns);
  idle_turns_ = 0;
  move_clock(earliest);
  wake_spuriously();
  // Who looks at a clock in a loop may see something new.
  clear_all_laziness(Laziness::yielded);
  clear_all_laziness(Laziness::spinning);
  if (wants_operations_) strategy_->executed(kNoThread, {OperationKind::time_passes, 0, false, 0, 0});
  return true;
}

// A spurious wake-up can come at any moment of a wait. It makes a difference at two: when the wait begins,
// which is where the hook asks, and when time has passed since.
void Engine::wake_spuriously() {
  for (std::uint32_t i = 0; i < thread_count_; ++i) {
    Thread& waiter = *threads_[i];
    const bool waits_on_condition =
        waiter.state == ThreadState::blocked && waiter.then_locks != nullptr && !waiter.contends;
    if (waits_on_condition && choose(AlternativeKind::spurious_wakeup, 2) != 0) wake(waiter);
  }
}

void Engine::let_time_pass(std::uint64_t ns) { move_clock(now_ns_ + ns); }

void Engine::move_clock(std::uint64_t to_ns) {
  now_ns_ = std::max(now_ns_, to_ns);
  for (std::uint32_t i = 0; i < thread_count_; ++i)
    if (threads_[i]->has_deadline && threads_[i]->deadline_ns <= now_ns_) expire(*threads_[i]);
  if (wake_up_call_.at_ns <= now_ns_) deliver_wake_up_call();
}

std::uint64_t Engine::replace_wake_up_call(const WakeUpCall& call) {
  const std::uint64_t before = std::exchange(wake_up_call_, call).at_ns;
  return before == WakeUpCall{}.at_ns ? 0 : before - now_ns_;
}

void Engine::deliver_wake_up_call() {
  const WakeUpCall call = std::exchange(wake_up_call_, {});
  struct sigaction action {};
  ::sigaction(SIGALRM, nullptr, &action);
  if (action.sa_handler == SIG_IGN) return;
  std::vector<Place> places = {place_of("asks for it", call.thread, call.pc, call.context)};
  if (action.sa_handler == SIG_DFL)
    fail(FindingKind::crash, "The time of its alarm() is over: SIGALRM ends the process.", std::move(places));
  fail(FindingKind::unsupported_call,
       "A handler of SIGALRM cannot be controlled: it may interrupt any thread anywhere.", std::move(places));
}

void Engine::give_way() {
  if (replaying_) return;
  Thread& me = *current_;
  if (me.laziness == Laziness::none && runnable_.size() > 1) {
    me.laziness = Laziness::yielded;
    ++lazy_count_;
  }
}

void Engine::note_spinning() {
  if (replaying_) return;
  Thread& me = *current_;
  if (me.laziness == Laziness::none) ++lazy_count_;
  me.laziness = Laziness::spinning;
}

void Engine::clear_laziness(Thread& thread) {
  if (thread.laziness == Laziness::none) return;
  if (thread.laziness == Laziness::spinning) thread.spin.looks_again();
  thread.laziness = Laziness::none;
  --lazy_count_;
}

// Not that of the calling thread: it is the others that it gave way to.
void Engine::clear_all_laziness(Laziness kind) {
  for (const ThreadId id : runnable_)
    if (threads_[id]->laziness == kind && (kind == Laziness::spinning || threads_[id].get() != current_))
      clear_laziness(*threads_[id]);
}

void Engine::wake_spinners(std::uintptr_t address) {
  for (const ThreadId id : runnable_) {
    Thread& other = *threads_[id];
    if (other.laziness == Laziness::spinning && &other != current_ && other.spin.watches(address))
      clear_laziness(other);
  }
}

std::uint32_t Engine::choose(AlternativeKind kind, std::uint32_t count) {
  if (count < 2 || (fair_ && !replaying_)) return 0;
  const bool budgeted = is_adversity(kind) && !replaying_;
  if (budgeted && adversity_left_[static_cast<std::size_t>(kind)] == 0) return 0;
  const std::uint32_t chosen = strategy_->choose_alternative(step_, kind, count);
  if (strategy_->abandons()) stop(ExecutionEnd::pruned);
  record_alternative(kind, chosen);
  if (chosen != 0 && budgeted) --adversity_left_[static_cast<std::size_t>(kind)];
  return chosen;
}

}  // namespace racecourse::schedules
