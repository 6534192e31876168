// Engine: runs one execution of the world at a time, one thread of it at a time, and asks a strategy which.
//
// Theory of operation. The host (the explorer) calls run(). The body becomes thread 0, a fiber; the world
// then runs until a hook is called: an access, a lock, a clock. The hook announces its operation with
// point(), on the fiber's own stack; there the engine chooses who goes on and switches straight to it.
// Whoever returns from point() does its operation at once, so an operation and everything private until the
// next one is one indivisible step. When nobody can go on the virtual clock moves to the next deadline, and
// when there is none the execution is over: finished, or stuck. The engine then switches back to the host,
// and fibers that did not finish are simply forgotten: their heap is put back with the world, their stacks
// and TLS are used again.
//
// A thread that has been created runs at once up to its first operation, then its creator goes on: so the
// next operation of every thread is known at every choice, and the start of a thread is not a choice of its
// own.
//
// There is one engine. Everything here runs on one OS thread and, inside an execution, outside the world.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "call_contexts.hpp"
#include "explore.hpp"
#include "finding.hpp"
#include "lock_order.hpp"
#include "modules.hpp"
#include "operation.hpp"
#include "recorder.hpp"
#include "shadow.hpp"
#include "strategy.hpp"
#include "stuck.hpp"
#include "sync_objects.hpp"
#include "thread.hpp"
#include "world_flag.hpp"

namespace racecourse::schedules {

enum class ExecutionEnd : std::uint8_t { running, finished, stopped, pruned };

// What one execution left behind.
struct Execution {
  ExecutionEnd end = ExecutionEnd::running;
  std::vector<Decision> decisions;
  std::vector<Finding> findings;
  std::string observations;
  std::uint64_t steps = 0;
  std::uint64_t switches = 0;
  std::uint32_t preemptions = 0;
  std::uint32_t threads = 0;
  bool choices_grew = false;
};

// At the bottom of the stack of thread 0 and of every other thread.
void body_entry();
void thread_entry();

// What alarm() asks for: SIGALRM at that virtual time.
struct WakeUpCall {
  std::uint64_t at_ns = ~std::uint64_t{0};  // Never.
  ThreadId thread = kNoThread;              // Who asks, where.
  std::uintptr_t pc = 0;
  std::uint32_t context = 0;
};

class Engine {
 public:
  Engine();

  // --- For the explorer, outside executions.
  void prepare(const Options& options);
  // The world must be as new. The result stays valid until the next call. With `recorder`, records every
  // event.
  const Execution& run(Body body, void* argument, Strategy& strategy, Recorder* recorder);
  [[nodiscard]] bool running() const {
    return execution_.end == ExecutionEnd::running && current_ != nullptr;
  }

  // --- For hooks, inside an execution and outside the world.
  [[nodiscard]] Thread& self() { return *current_; }
  [[nodiscard]] Thread& thread(ThreadId id) { return *threads_[id]; }
  [[nodiscard]] std::uint32_t threads() const { return thread_count_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] std::uint64_t step() const { return step_; }
  [[nodiscard]] std::uint64_t now_ns() const { return now_ns_; }

  // Announces the operation; returns when the calling thread is to do it.
  void point(const Operation& operation);
  // Counts an operation that no other thread can notice. Cheap; in the long run it is a switch point too.
  void private_step(const Operation& operation) {
    if (replaying_) [[unlikely]]
      return point(operation);
    ++step_;
    current_->pending = operation;
    if (watching_) [[unlikely]]
      note_executed(*current_);
    if (++private_run_ >= kPrivateRunMax || step_ >= alarm_) [[unlikely]]
      end_private_run();
  }
  // A synchronisation object at that word is used by the calling thread: is that a point of choice?
  bool is_choice(Word& word) {
    if (word.toucher != current_->id) note_toucher(word);
    return word.shared || every_access_ || replaying_;
  }
  [[nodiscard]] bool is_choice_for_access(const Word& word) const {
    return word.racy || every_access_ || replaying_;
  }
  // Whether it matters when the lock at that word is released: somebody tries it without waiting.
  [[nodiscard]] bool is_choice_for_release(Word& word) {
    return (is_choice(word) && word.tried) || every_access_ || replaying_;
  }
  void learn_racy(Word& word);
  void learn_tried(Word& word);

  // The operation just done did this besides.
  void also(const Operation& operation) {
    if (wants_operations_) strategy_->executed(current_->id, operation);
  }

  // Waits until available(self) and returns true, or false if the deadline passed first. The caller then
  // takes the object and calls refresh(). `available` takes a Thread&.
  template <class Available>
  bool acquire(SyncObject& object, ThreadQueue& contenders, const Operation& operation,
               std::optional<std::uint64_t> deadline_ns, Available available) {
    Thread& me = *current_;
    const bool free = available(me);
    if (free && !is_choice(shadow.word(object.address))) {
      private_step(operation);
      return true;
    }
    is_choice(shadow.word(object.address));
    begin_contending(object, contenders);
    if (!free) set_blocked(me, deadline_ns);
    point(operation);
    return end_contending(contenders) || available(me);
  }
  // After a change: who of the contenders can now have the object?
  template <class Available>
  void refresh(ThreadQueue& contenders, Available available) {
    for (Thread* other = contenders.first(); other != nullptr; other = other->queue_next) {
      if (other->gave_up) continue;
      if (available(*other)) {
        set_runnable(*other);
      } else if (other->state == ThreadState::runnable) {
        set_blocked(*other, other->has_deadline ? std::optional(other->deadline_ns) : std::nullopt);
      }
    }
  }
  // Blocks until wake() or the deadline; true if woken. The caller has announced its operation. With
  // `then_locks`, the thread contends for that mutex when it is woken and goes on when it can have it; the
  // caller must take it.
  bool wait(SyncObject& object, ThreadQueue& queue, std::optional<std::uint64_t> deadline_ns,
            Mutex* then_locks);
  void wake(Thread& waiter);
  void sleep_until(std::uint64_t deadline_ns);
  void give_way();
  void let_time_pass(std::uint64_t ns);
  // Gives the time that was left of the one before in ns, 0 if there was none.
  std::uint64_t replace_wake_up_call(const WakeUpCall& call);
  // Asks the strategy; 0 if there is nothing to choose or an adversity's budget is used up.
  std::uint32_t choose(AlternativeKind kind, std::uint32_t count);

  // The calling thread looked at a word that others write, and saw `value`.
  void saw(std::uintptr_t pc, std::uintptr_t address, std::uint64_t value) {
    current_->looked_at = address;
    current_->looked_value = value;
    if (current_->spin.saw(pc, address, value)) note_spinning();
  }
  void changed(std::uintptr_t address) {
    if (lazy_count_ != 0) wake_spinners(address);
    if (fair_) [[unlikely]]
      note_changed(address);
  }
  // The calling thread now has the object that those others contend for.
  void acquired(SyncObject& object, const ThreadQueue& contenders) {
    current_->sought = &object;
    if (fair_) [[unlikely]]
      note_acquired(object, contenders);
  }

  // Operations that must be lock-free (engine_lock_free.cpp).
  void begin_operation(std::uintptr_t pc);
  void end_operation(std::uintptr_t pc);

  // Threads (engine_threads.cpp).
  // Writes the handle before the new thread runs.
  void create_thread(void* (*start)(void*), void* argument, bool detached, std::uintptr_t pc,
                     unsigned long* handle);
  [[noreturn]] void exit_thread();
  ThreadEnd& end_of(Thread& thread);
  [[nodiscard]] Thread* find_thread(std::uintptr_t thread_pointer);

  // Findings. A place is where a thread stands now, or stood at a recorded access.
  [[nodiscard]] Place place_here(std::string role, std::uintptr_t pc);
  [[nodiscard]] Place place_of(std::string role, ThreadId thread, std::uintptr_t pc, std::uint32_t context);
  void report(FindingKind kind, std::string message, std::vector<Place> places, std::string fault = {});
  [[nodiscard]] Finding finding(FindingKind kind, std::string message, std::vector<Place> places) const;
  // See stuck.hpp.
  [[nodiscard]] Probe& probe() { return probe_; }
  [[noreturn]] void end_probe(bool goes_on);
  // Reports and ends the execution: what follows would be undefined.
  [[noreturn]] void fail(FindingKind kind, std::string message, std::vector<Place> places);
  [[noreturn]] void stop(ExecutionEnd end);
  void observe(std::string_view name, std::string_view value);
  [[nodiscard]] const std::string& observations() const { return execution_.observations; }
  // A race of two places is told once; later executions meet it again and again, and telling it is slow.
  [[nodiscard]] bool is_known_race(std::uintptr_t a, std::uintptr_t b) const {
    return !tells_known_races_ && known_races_.contains(race_key(a, b));
  }
  void tells_race(std::uintptr_t a, std::uintptr_t b) { races_now_.push_back(race_key(a, b)); }
  // The races told in the last execution are known from now on.
  void learn_races() { known_races_.insert(races_now_.begin(), races_now_.end()); }
  void tell_known_races(bool tell) { tells_known_races_ = tell; }

  Shadow shadow;
  SyncObjects objects{shadow};
  CallContexts contexts;
  Modules modules;
  LockOrder lock_order;
  std::vector<Thread::Destructor>
      at_exit;              // Of objects with static storage that were made in this execution.
  VectorClock fences_seen;  // Memory model c++20: by sequentially consistent fences.

 private:
  // How many operations in a row of one thread nobody else can notice before it is a switch point anyway:
  // bounds what a loop on plain memory costs before the race it waits for is seen.
  static constexpr std::uint32_t kPrivateRunMax = 2000;
  // How many turns each thread that seems to spin gets before time passes over it.
  static constexpr std::uint64_t kIdleTurnsMax = 64;

  static std::uint64_t race_key(std::uintptr_t a, std::uintptr_t b) {
    return std::min(a, b) * 0x9E3779B97F4A7C15u ^ std::max(a, b);
  }
  void reset_execution();
  void note_toucher(Word& word);
  void note_executed(Thread& thread);
  void end_private_run();
  void return_to_creator(Thread& thread);
  void reschedule(Thread& me);
  Thread& choose_next(Thread& me);
  ThreadId pick(Thread& me);
  ThreadId ask(Thread& me, std::span<const ThreadId> candidates, bool preempts);
  void record_choice(const Thread& me, ThreadId chosen);
  void record_alternative(AlternativeKind kind, std::uint32_t chosen);
  ThreadId least_recent(std::span<const ThreadId> candidates);
  std::span<const ThreadId> candidates();
  void switch_to(Thread& next);
  bool pass_time();
  void move_clock(std::uint64_t to_ns);
  void wake_spuriously();
  void deliver_wake_up_call();
  void expire(Thread& thread);

  // Threads that stop inside an operation (engine_lock_free.cpp).
  [[nodiscard]] bool may_stop(const Thread& me) const;
  void stop_thread(Thread& me);
  void resume_stopped();
  void watch_operations();
  [[nodiscard]] bool operations_go_on() const;
  [[nodiscard]] bool only_stopped_can_go_on() const;
  void go_on_without_stopped();
  std::span<const ThreadId> candidates_beside_stopped();
  bool judge_operations();
  [[noreturn]] void report_not_lock_free();

  // The fair schedule and what shows under it (engine_fairness.cpp).
  void over_budget();
  void begin_fairness();
  ThreadId pick_fairly(std::span<const ThreadId> candidates);
  void note_changed(std::uintptr_t address);
  void note_acquired(SyncObject& object, const ThreadQueue& contenders);
  [[nodiscard]] std::uint32_t bypasses_max() const;
  [[nodiscard]] const Thread* starved() const;
  [[noreturn]] void report_starvation(const Thread& starved, const Thread& other);
  [[noreturn]] void report_livelock();
  void nobody_can_go_on();
  void add(Finding found);
  void clear_laziness(Thread& thread);
  void clear_all_laziness(Laziness kind);
  void wake_spinners(std::uintptr_t address);
  void note_spinning();
  void begin_contending(SyncObject& object, ThreadQueue& contenders);
  bool end_contending(ThreadQueue& contenders);
  void set_blocked(Thread& thread, std::optional<std::uint64_t> deadline_ns);
  void set_runnable(Thread& thread);
  void drop_deadline(Thread& thread);
  void went_on();
  Thread& new_thread(std::uint16_t id);
  friend void body_entry();
  friend void thread_entry();

  std::unordered_set<std::uint64_t> known_races_;
  std::vector<std::uint64_t> races_now_;  // Told in this execution.
  bool tells_known_races_ = false;

  Options options_;
  bool every_access_ = false;
  bool replaying_ = false;
  Strategy* strategy_ = nullptr;
  Recorder* recorder_ = nullptr;
  bool watching_ = false;  // Somebody wants to know of each operation.
  bool wants_operations_ = false;

  Execution execution_;
  Probe probe_;
  Thread* current_ = nullptr;
  Body body_ = nullptr;
  void* body_argument_ = nullptr;
  bool body_finished_ = false;
  std::uint64_t step_ = 0;
  std::uint64_t alarm_ = 0;         // The step at which something must be looked at.
  std::uint64_t budget_alarm_ = 0;  // The step at which the budget, or that of the fair schedule, is used up.
  bool has_operations_ = false;     // Some operation of this execution must be lock-free.
  std::uint32_t stopped_count_ = 0;
  std::uint64_t watched_since_ = 0;  // Since then only threads in such operations ran, and none finished one.
  std::uint64_t alternatives_step_ = 0;
  std::array<std::uint16_t, kAlternativeLetters.size()> alternatives_at_step_{};
  std::uint32_t private_run_ = 0;
  bool fair_ = false;
  std::uint64_t fair_state_ = 0;
  std::uint64_t idle_turns_ = 0;  // Of threads that seem to spin, since time last passed.
  std::uint64_t now_ns_ = 0;
  WakeUpCall wake_up_call_;
  std::uint32_t timed_count_ = 0;  // Threads with a deadline.
  std::uint32_t lazy_count_ = 0;   // Runnable ones that give way.
  std::array<std::uint32_t, 5> adversity_left_{};

  std::vector<ThreadId> runnable_;  // Sorted.
  std::vector<ThreadId> diligent_;  // Scratch: runnable and not lazy.
  std::uint32_t thread_count_ = 0;
  std::array<std::unique_ptr<Thread>, kThreadsMax> threads_;
  std::array<const Operation*, kThreadsMax> next_{};  // What strategies see.

  void* host_stack_pointer_ = nullptr;
  std::uintptr_t host_thread_pointer_ = 0;
};

// Whether that is the runtime's function at the bottom of the stack of every thread of the world.
[[nodiscard]] bool is_entry_of_thread(std::uintptr_t function);

// The one engine. Made at the first call, never destroyed.
[[nodiscard]] Engine& make_engine();
extern constinit Engine* the_engine;
[[nodiscard]] inline Engine& engine() { return *the_engine; }

}  // namespace racecourse::schedules
