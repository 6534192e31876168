#include "async_spinner.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace async_spinner {

namespace {

class SharedEvent : public Event {
 public:
  void set() override {
    {
      std::unique_lock lock(mutex_);
      set_ = true;
    }
    condition_.notify_all();
  }
  bool is_set() const override {
    std::shared_lock lock(mutex_);
    return set_;
  }
  void wait() override {
    std::shared_lock lock(mutex_);
    while (!set_) condition_.wait(lock);
  }
  bool wait_for(Duration timeout) override {
    const Instant now = std::chrono::steady_clock::now();
    const Instant deadline = timeout > Instant::max() - now ? Instant::max() : now + timeout;
    std::shared_lock lock(mutex_);
    while (!set_ && std::chrono::steady_clock::now() < deadline) condition_.wait_until(lock, deadline);
    return set_;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::condition_variable_any condition_;
  bool set_ = false;
};

// One mutex for the spinner's whole life: a frame is drawn under it, and the stop is said under it.
class Spinner {
 public:
  Spinner(Terminal& terminal, Duration interval) : terminal_(terminal), interval_(interval) {}
  void start() { thread_ = std::thread(&Spinner::turn, this); }
  ~Spinner() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_one();
    if (!thread_.joinable()) return;
    thread_.join();
    if (drawn_) terminal_.clear();
  }

 private:
  void turn() {
    std::deque<char> frames{'|', '/', '-', '\\'};
    std::unique_lock lock(mutex_);
    while (!stopped_) {
      terminal_.draw(frames.front());
      drawn_ = true;
      frames.push_back(frames.front());
      frames.pop_front();
      const Instant next = std::chrono::steady_clock::now() + interval_;
      while (!stopped_ && std::chrono::steady_clock::now() < next) {
        wake_.wait_until(lock,
                         std::min(next, std::chrono::steady_clock::now() + std::chrono::milliseconds(20)));
      }
    }
  }

  Terminal& terminal_;
  const Duration interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  bool drawn_ = false;
  std::thread thread_;
};

class MapLoop : public EventLoop {
 public:
  explicit MapLoop(Clock& clock) : clock_(clock) {}

  TaskId spawn(Task<void> task) override {
    const TaskId id{next_id_++};
    Record& record = records_[id];
    record.resume = task.handle();
    record.task = std::move(task);
    ready_.push_back(id);
    return id;
  }

  bool cancel(TaskId id) override {
    Record& record = records_.at(id);
    if (record.state == State::ended) return false;
    record.cancelled = true;
    if (record.state == State::sleeping) {
      sleepers_.erase(record.sleeper);
      make_ready(id);
    } else if (record.state == State::joining) {
      std::erase(records_.at(record.joined).joiners, id);
      make_ready(id);
    }
    return true;
  }

  void run() override {
    while (true) {
      wake_sleepers();
      if (!ready_.empty()) {
        const TaskId id = ready_.front();
        ready_.pop_front();
        give_turn(id);
      } else if (!sleepers_.empty()) {
        clock_.sleep_until(sleepers_.begin()->first);
      } else {
        break;
      }
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    for (const auto& [id, record] : records_) {
      if (record.state != State::ended) throw Deadlock("tasks are left that nothing can wake");
    }
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    current().resume = coroutine;
    make_ready(current_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    Record& record = current();
    if (record.cancelled || duration <= Duration::zero()) return suspend_yielding(coroutine);
    record.resume = coroutine;
    record.state = State::sleeping;
    // A multimap keeps equal keys in the order in which they came.
    record.sleeper = sleepers_.emplace(clock_.now() + duration, current_);
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    Record& record = current();
    Record& other = records_.at(id);
    if (record.cancelled || other.state == State::ended) return suspend_yielding(coroutine);
    record.resume = coroutine;
    record.state = State::joining;
    record.joined = id;
    other.joiners.push_back(current_);
  }
  void resumed() override {
    if (std::exchange(current().cancelled, false)) throw Cancelled();
  }
  Ending ending(TaskId id) const override { return records_.at(id).ending; }

 private:
  enum class State { ready, running, sleeping, joining, ended };
  struct Record {
    Task<void> task;
    std::coroutine_handle<> resume;
    State state = State::ready;
    bool started = false;
    bool cancelled = false;
    Ending ending = Ending::returned;
    TaskId joined{};
    std::vector<TaskId> joiners;
    std::multimap<Instant, TaskId>::iterator sleeper;
  };

  Record& current() { return records_.at(current_); }

  void make_ready(TaskId id) {
    records_.at(id).state = State::ready;
    ready_.push_back(id);
  }

  void wake_sleepers() {
    if (sleepers_.empty()) return;
    const Instant now = clock_.now();
    while (!sleepers_.empty() && sleepers_.begin()->first <= now) {
      const TaskId id = sleepers_.begin()->second;
      sleepers_.erase(sleepers_.begin());
      make_ready(id);
    }
  }

  void give_turn(TaskId id) {
    Record& record = records_.at(id);
    if (!record.started && record.cancelled) return end(record, Ending::cancelled);
    record.started = true;
    record.state = State::running;
    current_ = id;
    record.resume.resume();
    if (!record.task.done()) return;
    const std::exception_ptr exception = record.task.exception();
    if (!exception) return end(record, Ending::returned);
    try {
      std::rethrow_exception(exception);
    } catch (const Cancelled&) {
      end(record, Ending::cancelled);
    } catch (...) {
      if (!failure_) failure_ = exception;
      end(record, Ending::failed);
    }
  }

  void end(Record& record, Ending how) {
    record.state = State::ended;
    record.ending = how;
    record.task = {};
    for (const TaskId joiner : record.joiners) make_ready(joiner);
    record.joiners.clear();
  }

  Clock& clock_;
  std::uint64_t next_id_ = 1;
  std::map<TaskId, Record> records_;
  std::deque<TaskId> ready_;
  std::multimap<Instant, TaskId> sleepers_;
  TaskId current_{};
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<SharedEvent>(); }

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<MapLoop>(clock); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  Spinner spinner(terminal, interval);
  spinner.start();
  return operation();
}

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
