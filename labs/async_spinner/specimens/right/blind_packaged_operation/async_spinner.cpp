#include "async_spinner.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace async_spinner {

namespace {

struct EventState {
  std::mutex mutex;
  std::condition_variable condition;
  bool set = false;
};

class PimplEvent : public Event {
 public:
  void set() override {
    std::unique_lock lock(state_->mutex);
    if (std::exchange(state_->set, true)) return;
    lock.unlock();
    state_->condition.notify_all();
  }
  bool is_set() const override {
    std::unique_lock lock(state_->mutex);
    return state_->set;
  }
  void wait() override {
    for (std::unique_lock lock(state_->mutex); !state_->set;) state_->condition.wait(lock);
  }
  bool wait_for(Duration timeout) override {
    std::unique_lock lock(state_->mutex);
    const Instant start = std::chrono::steady_clock::now();
    while (!state_->set) {
      const Duration passed = std::chrono::steady_clock::now() - start;
      if (passed >= timeout) return false;
      if (timeout - passed > std::chrono::hours(24 * 365)) {
        state_->condition.wait_for(lock, std::chrono::hours(24 * 365));
      } else {
        state_->condition.wait_until(lock, start + timeout);
      }
    }
    return true;
  }

 private:
  std::unique_ptr<EventState> state_ = std::make_unique<EventState>();
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<PimplEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  // packaged_task catches whatever the operation throws, and its future throws it again.
  std::packaged_task<Result()> task(operation);
  std::future<Result> result = task.get_future();
  PimplEvent ended;
  {
    std::jthread spinner([&terminal, &ended, interval] {
      unsigned frames = 0;
      for (; !ended.is_set(); ++frames) {
        if (frames > 0 && ended.wait_for(interval)) break;
        terminal.draw("|/-\\"[frames % 4]);
      }
      if (frames > 0) terminal.clear();
    });
    task();
    ended.set();
  }
  return result.get();
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
  try {
    for (std::size_t i = 0;; ++i) {
      terminal.draw("|/-\\"[i % 4]);
      co_await loop.sleep(interval);
    }
  } catch (...) {
    terminal.clear();
    throw;
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const auto spinner = loop.spawn(spin(loop, terminal, interval));
  std::optional<Result> value;
  std::exception_ptr exception;
  try {
    value = co_await std::move(operation);
  } catch (...) {
    exception = std::current_exception();
  }
  loop.cancel(spinner);
  std::optional<Ending> ending;
  do {
    try {
      ending = co_await loop.join(spinner);
    } catch (const Cancelled&) {
    }
  } while (!ending);
  if (!value) std::rethrow_exception(exception);
  co_return *value;
}

}  // namespace async_spinner
