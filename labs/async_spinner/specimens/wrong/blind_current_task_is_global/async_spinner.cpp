#include "async_spinner.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <exception>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace async_spinner {

namespace {

class FutexEvent : public Event {
 public:
  void set() override {
    word_.store(1, std::memory_order_release);
    call(FUTEX_WAKE_PRIVATE, INT_MAX, nullptr);
  }
  bool is_set() const override { return word_.load(std::memory_order_acquire) == 1; }
  void wait() override {
    // Sleeps only if the word is still 0 when the kernel looks at it, so no wake-up is lost.
    while (!is_set()) call(FUTEX_WAIT_PRIVATE, 0, nullptr);
  }
  bool wait_for(Duration timeout) override {
    const Instant start = std::chrono::steady_clock::now();
    for (Duration left = timeout; left > Duration::zero() && !is_set();
         left = timeout - (std::chrono::steady_clock::now() - start)) {
      const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
      timespec relative;
      relative.tv_sec = seconds.count();
      relative.tv_nsec = (left - seconds).count();
      call(FUTEX_WAIT_PRIVATE, 0, &relative);
    }
    return is_set();
  }

 private:
  void call(int operation, int value, const timespec* timeout) {
    static_assert(sizeof word_ == 4);
    syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word_), operation, value, timeout, nullptr, 0);
  }
  std::atomic<std::uint32_t> word_{0};
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<FutexEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  FutexEvent stop;
  bool drawn = false;
  std::thread thread([&] {
    const char* frame = "|/-\\";
    const char* const first = frame;
    while (!stop.is_set()) {
      terminal.draw(*frame);
      drawn = true;
      if (*++frame == '\0') frame = first;
      stop.wait_for(interval);
    }
  });
  const auto end = [&] {
    stop.set();
    thread.join();
    if (drawn) terminal.clear();
  };
  std::optional<Result> result;
  try {
    result = operation();
  } catch (...) {
    end();
    throw;
  }
  end();
  return *result;
}

namespace {

// Goes round by round: those that are ready at its start get one turn each; then the clock is looked at.
class RoundLoop : public EventLoop {
 public:
  explicit RoundLoop(Clock& clock) : clock_(clock) {}

  TaskId spawn(Task<void> task) override {
    auto owned = std::make_unique<Fiber>();
    owned->point = task.handle();
    owned->task = std::move(task);
    owned->id = static_cast<TaskId>(fibers_.size());
    ready_.push_back(owned.get());
    fibers_.push_back(std::move(owned));
    return fibers_.back()->id;
  }

  bool cancel(TaskId id) override {
    Fiber* fiber = find(id);
    if (fiber->over) return false;
    fiber->cancel = true;
    const bool slept = std::erase_if(sleepers_, [&](const Sleeper& s) { return s.fiber == fiber; }) > 0;
    const bool joined = fiber->joins != nullptr;
    if (joined) {
      std::erase(fiber->joins->joined_by, fiber);
      fiber->joins = nullptr;
    }
    if (slept || joined) ready_.push_back(fiber);
    return true;
  }

  void run() override {
    while (!ready_.empty() || !sleepers_.empty()) {
      if (ready_.empty()) clock_.sleep_until(sleepers_.front().deadline);
      wake();
      std::size_t turns = ready_.size();
      while (turns-- > 0) {
        Fiber* fiber = ready_.front();
        ready_.erase(ready_.begin());
        turn(*fiber);
      }
    }
    std::exception_ptr failure = std::exchange(failure_, nullptr);
    if (failure) std::rethrow_exception(failure);
    const bool left = std::any_of(fibers_.begin(), fibers_.end(), [](const auto& f) { return !f->over; });
    if (left) throw Deadlock("the tasks that are left join each other");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    now_running_->point = coroutine;
    ready_.push_back(now_running_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    if (now_running_->cancel || duration <= Duration::zero()) return suspend_yielding(coroutine);
    now_running_->point = coroutine;
    const Sleeper sleeper{clock_.now() + duration, now_running_};
    sleepers_.insert(std::upper_bound(sleepers_.begin(), sleepers_.end(), sleeper,
                                      [](const auto& a, const auto& b) { return a.deadline < b.deadline; }),
                     sleeper);
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    Fiber* other = find(id);
    if (now_running_->cancel || other->over) return suspend_yielding(coroutine);
    now_running_->point = coroutine;
    now_running_->joins = other;
    other->joined_by.push_back(now_running_);
  }
  void resumed() override {
    if (now_running_->cancel) {
      now_running_->cancel = false;
      throw Cancelled();
    }
  }
  Ending ending(TaskId id) const override { return fibers_[static_cast<std::size_t>(id)]->ending; }

 private:
  struct Fiber {
    TaskId id{};
    Task<void> task;
    std::coroutine_handle<> point;
    Fiber* joins = nullptr;
    std::vector<Fiber*> joined_by;
    bool begun = false, cancel = false, over = false;
    Ending ending = Ending::returned;
  };
  struct Sleeper {
    Instant deadline;
    Fiber* fiber;
  };

  Fiber* find(TaskId id) { return fibers_[static_cast<std::size_t>(id)].get(); }

  void wake() {
    const Instant now = clock_.now();
    auto awake = sleepers_.begin();
    for (; awake != sleepers_.end() && awake->deadline <= now; ++awake) ready_.push_back(awake->fiber);
    sleepers_.erase(sleepers_.begin(), awake);
  }

  void turn(Fiber& fiber) {
    if (fiber.cancel && !fiber.begun) {
      fiber.ending = Ending::cancelled;
    } else {
      fiber.begun = true;
      now_running_ = &fiber;
      fiber.point.resume();
      now_running_ = nullptr;
      if (!fiber.task.done()) return;
      if (const auto exception = fiber.task.exception()) {
        try {
          std::rethrow_exception(exception);
        } catch (const Cancelled&) {
          fiber.ending = Ending::cancelled;
        } catch (...) {
          fiber.ending = Ending::failed;
          if (!failure_) failure_ = exception;
        }
      }
    }
    fiber.over = true;
    fiber.task = Task<void>();
    for (Fiber* joiner : fiber.joined_by) {
      joiner->joins = nullptr;
      ready_.push_back(joiner);
    }
    fiber.joined_by.clear();
  }

  Clock& clock_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> ready_;
  std::vector<Sleeper> sleepers_;  // In the order of their deadlines.
  inline static Fiber* now_running_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<RoundLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  constexpr char frames[] = {'|', '/', '-', '\\'};
  std::exception_ptr why;
  unsigned turn = 0;
  while (!why) {
    try {
      terminal.draw(frames[turn]);
      turn = (turn + 1) % 4;
      co_await loop.sleep(interval);
    } catch (...) {
      why = std::current_exception();
    }
  }
  terminal.clear();
  std::rethrow_exception(why);
}

namespace {

using Outcome = std::variant<Result, std::exception_ptr>;

Task<Outcome> outcome_of(Task<Result> operation) {
  try {
    co_return co_await std::move(operation);
  } catch (...) {
    co_return std::current_exception();
  }
}

Task<void> end_of(EventLoop& loop, TaskId id) {
  loop.cancel(id);
  bool again = true;
  while (again) {
    try {
      co_await loop.join(id);
      again = false;
    } catch (const Cancelled&) {
      again = true;
    }
  }
}

}  // namespace

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId id = loop.spawn(spin(loop, terminal, interval));
  const Outcome outcome = co_await outcome_of(std::move(operation));
  co_await end_of(loop, id);
  if (const auto* error = std::get_if<std::exception_ptr>(&outcome)) std::rethrow_exception(*error);
  co_return std::get<Result>(outcome);
}

}  // namespace async_spinner
