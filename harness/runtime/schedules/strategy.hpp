// Strategy: an oracle that decides what an execution does wherever the program leaves it open.
//
// The engine asks; a strategy knows nothing of mutexes or memory and keeps no part of the program alive. One
// object lives for a whole exploration: new_execution, then choices and notifications in the order they
// happen, then end_execution, again and again until new_execution says that nothing is left. Equal answers
// give equal executions, so a strategy must take nothing from the clock or from addresses' values (whether
// two operations conflict it may ask). Called on the exploring OS thread, on the stack of a thread of the
// world: use little stack, never block.
#pragma once

#include <cstdint>
#include <span>

#include "operation.hpp"

namespace racecourse::schedules {

// Where more than one thread can go on.
struct SchedulingPoint {
  std::uint64_t step = 0;  // Operations so far in this execution.
  // The threads that can go on, by rising number; at least two. Each has announced its next operation.
  std::span<const ThreadId> candidates;
  ThreadId running = kNoThread;  // The thread that went on until now.
  // Whether `running` is a candidate that did not give way by itself: choosing another one is a preemption.
  bool preempts = false;
  // What each thread does next, by thread number.
  const Operation* const* next = nullptr;

  [[nodiscard]] const Operation& next_of(ThreadId thread) const { return *next[thread]; }
};

// Choices other than of a thread. Alternative 0 is what happens without adversity.
enum class AlternativeKind : std::uint8_t {
  early_timeout,     // 1: the next deadline passes now, although threads can go on.
  spurious_wakeup,   // 1: the wait on the condition variable returns without a notification.
  weak_failure,      // 1: compare_exchange_weak fails although the values are equal.
  creation_failure,  // 1: pthread_create fails with EAGAIN.
  stopped_thread,    // 1: the thread stops here, inside an operation that must be lock-free (lock_free.hpp).
  which_waiter,      // Which of the waiting threads a notification wakes, in the order they came.
  which_store,       // How many stores back from the newest one a load reads (memory model c++20).
};
[[nodiscard]] inline bool is_adversity(AlternativeKind kind) { return kind < AlternativeKind::which_waiter; }

class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // Begins execution number `index`, counted from 0. False: everything this strategy would try has been
  // tried; no execution follows.
  [[nodiscard]] virtual bool new_execution(std::uint64_t index) = 0;

  // Pre: point.candidates has at least two. Post: the result is one of them.
  [[nodiscard]] virtual ThreadId choose_thread(const SchedulingPoint& point) = 0;

  // Pre: count >= 2; several may be asked for at one step. Post: the result is below count.
  [[nodiscard]] virtual std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind,
                                                         std::uint32_t count) = 0;

  // Whether executed() is wanted; asked once an execution, after new_execution.
  [[nodiscard]] virtual bool wants_operations() const { return false; }
  // `thread` now does `operation`. Comes for every operation on shared objects, also where there was no
  // choice.
  virtual void executed(ThreadId thread, const Operation& operation);
  // A choice has been made that makes the rest of this execution pointless: end it, it counts as pruned.
  // Asked after each choose_thread, choose_alternative and executed.
  [[nodiscard]] virtual bool abandons() const { return false; }

  // A strategy that replays a recording is asked at every operation, for every thread that is not blocked,
  // and about early timeouts without a budget; the engine keeps to the defaults of schedule.hpp and adds no
  // fairness.
  [[nodiscard]] virtual bool replays() const { return false; }

  // The execution is over. `complete`: it ran to its end and was not abandoned.
  virtual void end_execution(bool complete);
  // What two threads share has turned out to be more than earlier executions knew, so their choices were too
  // few. A strategy that claims to be exhaustive must begin again.
  virtual void choices_grew() {}
};

}  // namespace racecourse::schedules
