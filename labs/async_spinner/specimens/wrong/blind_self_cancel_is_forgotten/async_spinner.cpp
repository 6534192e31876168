#include "async_spinner.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace async_spinner {

namespace {

Instant deadline_after(Duration timeout) {
  const Instant now = std::chrono::steady_clock::now();
  return timeout > Instant::max() - now ? Instant::max() : now + timeout;
}

class FlagEvent : public Event {
 public:
  void set() override {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  bool is_set() const override {
    const std::lock_guard lock(mutex_);
    return set_;
  }
  void wait() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
  }
  bool wait_for(Duration timeout) override {
    std::unique_lock lock(mutex_);
    if (timeout <= Duration::zero()) return set_;
    return changed_.wait_until(lock, deadline_after(timeout), [this] { return set_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

// Draws from its construction to its destruction.
class SpinnerThread {
 public:
  SpinnerThread(Terminal& terminal, Duration interval)
      : thread_([this, &terminal, interval] {
          static constexpr std::array<char, 4> kFrames{'|', '/', '-', '\\'};
          std::size_t frame = 0;
          while (!stop_.is_set()) {
            terminal.draw(kFrames[frame++ % kFrames.size()]);
            stop_.wait_for(interval);
          }
          if (frame > 0) terminal.clear();
        }) {}
  ~SpinnerThread() {
    stop_.set();
    thread_.join();
  }
  SpinnerThread(const SpinnerThread&) = delete;
  SpinnerThread& operator=(const SpinnerThread&) = delete;

 private:
  FlagEvent stop_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<FlagEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  const SpinnerThread spinner(terminal, interval);
  return operation();
}

namespace {

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
    if (record.state == State::running) return true;
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

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<MapLoop>(clock); }

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
