#include "async_spinner.hpp"

#include <errno.h>
#include <semaphore.h>
#include <time.h>

#include <atomic>
#include <deque>
#include <exception>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace async_spinner {

namespace {

// The semaphore is a turnstile: set() lets one through, and whoever comes through lets the next one through.
class TurnstileEvent : public Event {
 public:
  TurnstileEvent() { sem_init(&turnstile_, 0, 0); }
  ~TurnstileEvent() override { sem_destroy(&turnstile_); }
  TurnstileEvent(const TurnstileEvent&) = delete;
  TurnstileEvent& operator=(const TurnstileEvent&) = delete;

  void set() override {
    if (!set_.exchange(true)) sem_post(&turnstile_);
  }
  bool is_set() const override { return set_.load(); }
  void wait() override {
    while (sem_wait(&turnstile_) != 0) {  // Interrupted by a signal.
    }
  }
  bool wait_for(Duration timeout) override {
    if (set_.load() || timeout <= Duration::zero()) return set_.load();
    timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    until.tv_sec += seconds.count();
    until.tv_nsec += (timeout - seconds).count();
    if (until.tv_nsec >= 1000000000) {
      ++until.tv_sec;
      until.tv_nsec -= 1000000000;
    }
    int status;
    do status = sem_timedwait(&turnstile_, &until);
    while (status != 0 && errno == EINTR);
    if (status != 0) return set_.load();
    sem_post(&turnstile_);
    return true;
  }

 private:
  std::atomic<bool> set_{false};
  sem_t turnstile_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<TurnstileEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  TurnstileEvent stop;
  std::jthread spinner([&] {
    bool drawn = false;
    for (int turn = 0; !stop.is_set(); turn = (turn + 1) % 4) {
      terminal.draw("|/-\\"[turn]);
      drawn = true;
      stop.wait_for(interval);
    }
    if (drawn) terminal.clear();
  });
  struct Stop {
    Event& event;
    ~Stop() { event.set(); }  // Before the thread is joined, which was made earlier.
  } at_the_end{stop};
  return operation();
}

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

class VariantLoop : public EventLoop {
  using Number = std::uint64_t;
  using Timer = std::tuple<Instant, Number, TaskId>;
  struct Ready {};
  struct Running {};
  struct Asleep {
    Timer timer;
  };
  struct Joins {
    TaskId target;
  };
  struct Ended {
    Ending how;
  };
  using State = std::variant<Ready, Running, Asleep, Joins, Ended>;
  struct Entry {
    Task<void> task;
    std::coroutine_handle<> where;
    State state = Ready{};
    bool started = false;
    bool cancelled = false;
    std::vector<TaskId> joiners = {};
  };

 public:
  explicit VariantLoop(Clock& clock) : clock_(&clock) {}

  TaskId spawn(Task<void> task) override {
    const TaskId id{entries_.size()};
    const auto start = task.handle();
    entries_.push_back({.task = std::move(task), .where = start});
    queue_.push_back(id);
    return id;
  }

  bool cancel(TaskId id) override {
    Entry& entry = at(id);
    return std::visit(Overloaded{[&](const Ended&) { return false; },
                                 [&](const Asleep& asleep) {
                                   timers_.erase(asleep.timer);
                                   entry.cancelled = true;
                                   make_ready(id);
                                   return true;
                                 },
                                 [&](const Joins& joins) {
                                   std::erase(at(joins.target).joiners, id);
                                   entry.cancelled = true;
                                   make_ready(id);
                                   return true;
                                 },
                                 [&](const auto&) { return entry.cancelled = true; }},
                      State(entry.state));
  }

  void run() override {
    while (const auto id = next()) turn(*id);
    if (failure_) {
      const std::exception_ptr failure = failure_;
      failure_ = nullptr;
      std::rethrow_exception(failure);
    }
    for (const Entry& entry : entries_) {
      if (!std::holds_alternative<Ended>(entry.state)) throw Deadlock("a task waits for ever");
    }
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    at(current_).where = coroutine;
    make_ready(current_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    Entry& entry = at(current_);
    if (entry.cancelled || duration <= Duration{0}) return suspend_yielding(coroutine);
    entry.where = coroutine;
    const Timer timer{clock_->now() + duration, timer_number_++, current_};
    timers_.insert(timer);
    entry.state = Asleep{timer};
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId target) override {
    Entry& entry = at(current_);
    if (entry.cancelled || std::holds_alternative<Ended>(at(target).state))
      return suspend_yielding(coroutine);
    entry.where = coroutine;
    entry.state = Joins{target};
    at(target).joiners.push_back(current_);
  }
  void resumed() override {
    if (std::exchange(at(current_).cancelled, false)) throw Cancelled{};
  }
  Ending ending(TaskId id) const override {
    return std::get<Ended>(entries_[static_cast<std::size_t>(id)].state).how;
  }

 private:
  Entry& at(TaskId id) { return entries_[static_cast<std::size_t>(id)]; }

  void make_ready(TaskId id) {
    at(id).state = Ready{};
    queue_.push_back(id);
  }

  // The task whose turn it is; sleeps until there is one. Nothing if there will never be one.
  std::optional<TaskId> next() {
    for (;;) {
      while (!timers_.empty() && std::get<Instant>(*timers_.begin()) <= clock_->now()) {
        const TaskId id = std::get<TaskId>(*timers_.begin());
        timers_.erase(timers_.begin());
        make_ready(id);
      }
      if (!queue_.empty()) {
        const TaskId id = queue_.front();
        queue_.pop_front();
        return id;
      }
      if (timers_.empty()) return std::nullopt;
      clock_->sleep_until(std::get<Instant>(*timers_.begin()));
    }
  }

  void turn(TaskId id) {
    Entry& entry = at(id);  // A deque: stays where it is when others are spawned.
    current_ = id;
    entry.state = Running{};
    if (entry.cancelled && !entry.started) return end(entry, Ending::cancelled);
    entry.started = true;
    entry.where.resume();
    if (entry.task.done()) end(entry, classify(entry.task.exception()));
  }

  Ending classify(const std::exception_ptr& exception) {
    if (!exception) return Ending::returned;
    try {
      std::rethrow_exception(exception);
    } catch (const Cancelled&) {
      return Ending::cancelled;
    } catch (...) {
    }
    if (!failure_) failure_ = exception;
    return Ending::failed;
  }

  void end(Entry& entry, Ending how) {
    entry.state = Ended{how};
    entry.task = Task<void>{};
    for (const TaskId joiner : entry.joiners) make_ready(joiner);
    entry.joiners.clear();
  }

  Clock* clock_;
  std::deque<Entry> entries_;
  std::deque<TaskId> queue_;
  std::set<Timer> timers_;
  Number timer_number_ = 0;
  TaskId current_{};
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<VariantLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  struct CleanAtTheEnd {
    Terminal& terminal;
    ~CleanAtTheEnd() { terminal.clear(); }
  };
  const CleanAtTheEnd clean{terminal};
  for (;;) {
    for (const char frame : {'|', '/', '-', '\\'}) {
      terminal.draw(frame);
      co_await loop.sleep(interval);
    }
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  Result result = 0;
  std::exception_ptr error;
  try {
    result = co_await std::move(operation);
  } catch (...) {
    error = std::current_exception();
  }
  loop.cancel(spinner);
  for (bool ended = false; !ended;) {
    try {
      co_await loop.join(spinner);
      ended = true;
    } catch (const Cancelled&) {
      // Somebody cancels us while the line is being cleaned: that is finished first.
    }
  }
  if (error) std::rethrow_exception(error);
  co_return result;
}

}  // namespace async_spinner
