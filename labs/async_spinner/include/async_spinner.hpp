// The interface of the lab async_spinner: a loading spinner on a thread, and the same on coroutines in one
// thread.
//
// You write, in async_spinner.cpp: make_event, with_thread_spinner (part A); make_loop, spin,
// with_task_spinner (part B). Terminal and Clock are written by the one who calls you. What is said here is
// what is demanded; the handout (README.md) explains it. Task is in async_spinner_task.hpp.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>

#include "async_spinner_task.hpp"

namespace async_spinner {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// What a slow operation computes.
using Result = std::int64_t;

// The line that the spinner draws on. Not thread-safe: no two calls may overlap, and each must happen before
// the next in the sense of the memory model. Either call may take a while.
class Terminal {
 public:
  virtual ~Terminal() = default;
  // Shows `frame` in place of what the line shows. The frames are | then / then - then \ and so on, round.
  virtual void draw(char frame) = 0;
  // Cleans the line.
  virtual void clear() = 0;
};

// Part A: threads.

// A flag that threads can wait for. It starts unset, and once set it stays set for ever. All functions may be
// called by any number of threads at once; what a thread did before set() is visible to every thread that has
// seen the event set, through whichever of the other three functions.
class Event {
 public:
  virtual ~Event() = default;
  // Sets the event and wakes all who wait. Never blocks for long. Setting it again changes nothing.
  virtual void set() = 0;
  [[nodiscard]] virtual bool is_set() const = 0;
  // Sleeps until the event is set; returns at once if it is set already.
  virtual void wait() = 0;
  // The same, but sleeps no longer than `timeout`. True if the event is set; false, and never earlier than
  // `timeout` after the call, if it is not. A timeout of 0 or less does not sleep.
  virtual bool wait_for(Duration timeout) = 0;
};

[[gnu::visibility("default")]] std::unique_ptr<Event> make_event();

// Calls `operation` once, in the calling thread, and while it runs draws a spinner on `terminal` from another
// thread: the first frame at once, another whenever `interval` (> 0) has passed since the one before,
// starting with '|' in each call. Between frames that thread sleeps: it neither burns CPU time nor wakes up
// to look around.
//
// When `operation` has ended, by returning or by any exception, the spinner stops at once, however long the
// interval, even if it has just begun to draw or has not begun at all. If a frame was drawn, clear() is then
// called exactly once, after the last frame; if none was drawn, once or not at all. Then the thread is
// joined, and only then the function returns the result of `operation`, or lets its exception out unchanged.
//
// May be called by several threads at once, each with its own terminal.
[[gnu::visibility("default")]] Result with_thread_spinner(Terminal& terminal, Duration interval,
                                                          const std::function<Result()>& operation);

// Part B: coroutines in one thread.

// The loop's only source of time and its only way to sleep. In the scenarios the time is virtual.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  // Puts the thread to sleep until `deadline`. Returns at `deadline` or later, never earlier; at once if it
  // has passed.
  virtual void sleep_until(Instant deadline) = 0;
};

// Thrown inside a task that was cancelled, by the `co_await` at which it stands. Not a std::exception, so
// that `catch (const std::exception&)` around an operation does not swallow it.
class [[gnu::visibility("default")]] Cancelled{};

// Thrown by EventLoop::run when tasks are left that nothing can wake.
class [[gnu::visibility("default")]] Deadlock : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The name of a task that was spawned. No two tasks of one loop ever have the same.
enum class TaskId : std::uint64_t {};

// How a task has ended: by co_return; by Cancelled leaving its body (or by being cancelled before its first
// turn); by another exception leaving its body.
enum class Ending { returned, cancelled, failed };

class Yielding;
class Sleeping;
class Joining;

// Runs tasks in one thread, one at a time, each until its next suspension: that is one turn of the task.
// Makes no thread. Belongs to the thread that uses it; loops of different threads have nothing in common.
//
// A task that has not ended is running (at most one), ready, sleeping or joining. Ready tasks get their turns
// in the order in which they became ready.
//
// Destroying the loop destroys the frames of all tasks that have not ended.
class EventLoop {
 public:
  virtual ~EventLoop() = default;

  // Takes over `task`, which has not been started. It becomes ready, behind all that are ready already, and
  // does not run before its turn. May be called before run() and by tasks.
  virtual TaskId spawn(Task<void> task) = 0;

  // Asks a task to end. The `co_await` of this loop at which it stands throws Cancelled in the task's next
  // turn; a task that sleeps or joins becomes ready for that, behind all that are ready already, and its
  // sleep or join is forgotten. A task that has had no turn yet does not start: its frame is destroyed when
  // its turn comes. If the running task cancels itself, its next `co_await` of this loop does not wait but
  // acts like yield(), then throws. A task may catch Cancelled and go on; it can then be cancelled again.
  // Asking twice before it was thrown is asking once. False, and nothing happens, if the task has ended
  // already. May be called before run() and by tasks.
  virtual bool cancel(TaskId task) = 0;

  // Gives turns until all tasks have ended. While a task is ready it never sleeps; otherwise it sleeps with
  // Clock::sleep_until, until the earliest deadline of a sleeping task. If exceptions other than Cancelled
  // have left tasks, it then throws the first of them; the other tasks are not disturbed by it. If no task is
  // ready or sleeping but some have not ended, it throws Deadlock (or that first exception, if there is one).
  // May be called again, after spawning more. Is not called by tasks.
  //
  // When a task has ended, its frame is destroyed before any other task gets a turn; after that those who
  // join it become ready, in the order in which they began to join.
  virtual void run() = 0;

  // For tasks of this loop, only as the operand of co_await:

  // co_await loop.yield();  becomes ready again at once, behind all that are ready already.
  [[nodiscard]] Yielding yield();
  // co_await loop.sleep(80ms);  its deadline is Clock::now() + duration. When now() has reached it, the task
  // becomes ready, behind all that are ready already; of several sleepers the one with the earlier deadline
  // first, of equal deadlines the one that began to sleep first. From its deadline to its turn no other task
  // gets more than two turns. With a duration of 0 or less it is like yield().
  [[nodiscard]] Sleeping sleep(Duration duration);
  // Ending how = co_await loop.join(id);  waits until that task of this loop has ended, and says how; throws
  // nothing of the other task's. If it has ended already, it is like yield().
  [[nodiscard]] Joining join(TaskId task);

  // Called by the three awaiters below, during the turn of a task. `coroutine` is what to resume in the
  // task's next turn: the task's own coroutine, or one that it awaits with co_await std::move(inner_task).

  virtual void suspend_yielding(std::coroutine_handle<> coroutine) = 0;
  virtual void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) = 0;
  virtual void suspend_joining(std::coroutine_handle<> coroutine, TaskId task) = 0;
  // The first thing in the task's next turn. Throws Cancelled if the task was cancelled.
  virtual void resumed() = 0;
  // How a task has ended. Called only for tasks that have.
  [[nodiscard]] virtual Ending ending(TaskId task) const = 0;
};

class [[nodiscard]] Yielding {
 public:
  explicit Yielding(EventLoop& loop) noexcept : loop_(loop) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) { loop_.suspend_yielding(coroutine); }
  void await_resume() { loop_.resumed(); }

 private:
  EventLoop& loop_;
};

class [[nodiscard]] Sleeping {
 public:
  Sleeping(EventLoop& loop, Duration duration) noexcept : loop_(loop), duration_(duration) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) { loop_.suspend_sleeping(coroutine, duration_); }
  void await_resume() { loop_.resumed(); }

 private:
  EventLoop& loop_;
  Duration duration_;
};

class [[nodiscard]] Joining {
 public:
  Joining(EventLoop& loop, TaskId task) noexcept : loop_(loop), task_(task) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) { loop_.suspend_joining(coroutine, task_); }
  Ending await_resume() {
    loop_.resumed();
    return loop_.ending(task_);
  }

 private:
  EventLoop& loop_;
  TaskId task_;
};

inline Yielding EventLoop::yield() { return Yielding(*this); }
inline Sleeping EventLoop::sleep(Duration duration) { return Sleeping(*this, duration); }
inline Joining EventLoop::join(TaskId task) { return Joining(*this, task); }

// A loop without tasks. `clock` outlives it.
[[gnu::visibility("default")]] std::unique_ptr<EventLoop> make_loop(Clock& clock);

// Draws a spinner until it is cancelled: the first frame in its first turn, then sleeps `interval` (> 0)
// between frames, starting with '|'. However it ends, it calls clear() exactly once, after the last frame
// (and not at all if it had no turn). Cancelled leaves it.
[[gnu::visibility("default")]] Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval);

// Runs `operation`, as part of the calling task, with a spinner beside it: a task of its own on `loop`. The
// time of the first frame is that of the start. When `operation` has ended, by returning or by any exception,
// the spinner is cancelled; when it has ended too, its line clean, the function gives the result of
// `operation` or throws its exception unchanged, without letting time pass. If the calling task is cancelled
// meanwhile, `operation` is (Cancelled is thrown in it) and all else is as above: usually it ends by that
// Cancelled, which is then what this function throws.
[[gnu::visibility("default")]] Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal,
                                                              Duration interval, Task<Result> operation);

}  // namespace async_spinner
