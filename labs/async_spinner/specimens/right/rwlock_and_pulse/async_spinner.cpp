#include "async_spinner.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <queue>
#include <shared_mutex>
#include <thread>
#include <tuple>
#include <variant>
#include <vector>

namespace async_spinner {

namespace {

class PulsedEvent final : public Event {
 public:
  void set() override {
    const std::unique_lock lock(mutex_);
    if (std::exchange(happened_, true)) return;
    pulse_.notify_all();
  }
  bool is_set() const override {
    const std::shared_lock lock(mutex_);
    return happened_;
  }
  void wait() override {
    std::unique_lock lock(mutex_);
    pulse_.wait(lock, [this] { return happened_; });
  }
  bool wait_for(Duration timeout) override {
    std::unique_lock lock(mutex_);
    if (timeout <= Duration::zero()) return happened_;
    return pulse_.wait_for(lock, timeout, [this] { return happened_; });
  }

 private:
  mutable std::shared_mutex mutex_;
  std::condition_variable_any pulse_;
  bool happened_ = false;
};

class Spinner {
 public:
  Spinner(Terminal& terminal, Duration interval) : terminal_(terminal), interval_(interval) {
    thread_ = std::thread(&Spinner::turn, this);
  }
  Spinner(const Spinner&) = delete;
  Spinner& operator=(const Spinner&) = delete;
  ~Spinner() {
    {
      const std::lock_guard lock(mutex_);
      enough_ = true;
      pulse_.notify_one();
    }
    thread_.join();
    if (drawn_ > 0) terminal_.clear();
  }

 private:
  void turn() {
    std::unique_lock lock(mutex_);
    while (!enough_) {
      lock.unlock();
      terminal_.draw("|/-\\"[drawn_++ % 4]);
      const auto next = std::chrono::steady_clock::now() + interval_;
      lock.lock();
      pulse_.wait_until(lock, next, [this] { return enough_; });
    }
  }

  Terminal& terminal_;
  Duration interval_;
  std::mutex mutex_;
  std::condition_variable pulse_;
  bool enough_ = false;
  unsigned drawn_ = 0;
  std::thread thread_;
};

class MapLoop : public EventLoop {
  enum class Now { ready, running, asleep, joining, over };
  struct Entry {
    Task<void> task;
    std::coroutine_handle<> at;
    Now now = Now::ready;
    bool started = false;
    bool cancelled = false;
    Instant due{};
    TaskId other{};
    std::uint64_t since = 0;  // Which wait began first.
    Ending ending = Ending::returned;
  };

 public:
  explicit MapLoop(Clock& clock) : clock_(clock) {}
  MapLoop(const MapLoop&) = delete;
  MapLoop& operator=(const MapLoop&) = delete;

  TaskId spawn(Task<void> task) override {
    const TaskId id{++last_id_};
    Entry& entry = tasks_[id];
    entry.at = task.handle();
    entry.task = std::move(task);
    ready_.push(id);
    return id;
  }

  bool cancel(TaskId id) override {
    Entry& entry = tasks_.at(id);
    if (entry.now == Now::over) return false;
    entry.cancelled = true;
    if (entry.now == Now::asleep || entry.now == Now::joining) become_ready(id);
    return true;
  }

  void run() override {
    while (true) {
      wake_all(Now::asleep, [this](const Entry& entry) { return entry.due <= clock_.now(); });
      if (!ready_.empty()) {
        const TaskId id = ready_.front();
        ready_.pop();
        turn(id);
        continue;
      }
      std::optional<Instant> earliest;
      for (const auto& [id, entry] : tasks_)
        if (entry.now == Now::asleep && (!earliest || entry.due < *earliest)) earliest = entry.due;
      if (!earliest) break;
      clock_.sleep_until(*earliest);
    }
    std::exception_ptr failure;
    std::swap(failure, failure_);
    if (failure) std::rethrow_exception(failure);
    for (const auto& [id, entry] : tasks_)
      if (entry.now != Now::over) throw Deadlock("some tasks wait for ever");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    tasks_.at(current_).at = coroutine;
    become_ready(current_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    Entry& entry = tasks_.at(current_);
    if (entry.cancelled || duration <= Duration::zero()) {
      suspend_yielding(coroutine);
      return;
    }
    entry.due = clock_.now() + duration;
    wait(entry, Now::asleep, coroutine);
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId other) override {
    Entry& entry = tasks_.at(current_);
    if (entry.cancelled || tasks_.at(other).now == Now::over) {
      suspend_yielding(coroutine);
      return;
    }
    entry.other = other;
    wait(entry, Now::joining, coroutine);
  }
  void resumed() override {
    Entry& entry = tasks_.at(current_);
    if (!entry.cancelled) return;
    entry.cancelled = false;
    throw Cancelled();
  }
  Ending ending(TaskId id) const override { return tasks_.at(id).ending; }

 private:
  void wait(Entry& entry, Now how, std::coroutine_handle<> coroutine) {
    entry.at = coroutine;
    entry.now = how;
    entry.since = ++waits_;
  }
  void become_ready(TaskId id) {
    tasks_.at(id).now = Now::ready;
    ready_.push(id);
  }
  template <class Condition>
  void wake_all(Now how, Condition condition) {
    std::vector<TaskId> woken;
    for (const auto& [id, entry] : tasks_)
      if (entry.now == how && condition(entry)) woken.push_back(id);
    std::sort(woken.begin(), woken.end(), [this](TaskId left, TaskId right) {
      const Entry& a = tasks_.at(left);
      const Entry& b = tasks_.at(right);
      return std::tie(a.due, a.since) < std::tie(b.due, b.since);
    });
    for (const TaskId id : woken) become_ready(id);
  }
  void turn(TaskId id) {
    current_ = id;
    Entry& entry = tasks_.at(id);
    entry.now = Now::running;
    if (entry.cancelled && !entry.started) {
      finish(id, Ending::cancelled);
      return;
    }
    entry.started = true;
    entry.at.resume();
    if (!entry.task.done()) return;
    const std::exception_ptr exception = entry.task.exception();
    Ending how = exception ? Ending::failed : Ending::returned;
    try {
      if (exception) std::rethrow_exception(exception);
    } catch (const Cancelled&) {
      how = Ending::cancelled;
    } catch (...) {
    }
    if (how == Ending::failed && !failure_) failure_ = exception;
    finish(id, how);
  }
  void finish(TaskId id, Ending how) {
    Entry& entry = tasks_.at(id);
    entry.now = Now::over;
    entry.ending = how;
    entry.task = {};
    // Joiners have no deadline of interest, so only the order of their waits counts.
    for (auto& [other, waiting] : tasks_)
      if (waiting.now == Now::joining) waiting.due = Instant{};
    wake_all(Now::joining, [id](const Entry& waiting) { return waiting.other == id; });
  }

  Clock& clock_;
  std::map<TaskId, Entry> tasks_;
  std::queue<TaskId> ready_;
  TaskId current_{};
  std::uint64_t last_id_ = 100;
  std::uint64_t waits_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<PulsedEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  const Spinner spinner(terminal, interval);
  return operation();
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<MapLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  std::exception_ptr reason;
  try {
    for (const char* frame = "|/-\\";; frame += frame[1] != 0 ? 1 : -3) {
      terminal.draw(*frame);
      co_await loop.sleep(interval);
    }
  } catch (...) {
    reason = std::current_exception();
  }
  terminal.clear();
  std::rethrow_exception(reason);
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  std::variant<Result, std::exception_ptr> outcome;
  try {
    outcome = co_await std::move(operation);
  } catch (...) {
    outcome = std::current_exception();
  }
  loop.cancel(spinner);
  (void)co_await loop.join(spinner);
  if (const auto* failure = std::get_if<std::exception_ptr>(&outcome)) std::rethrow_exception(*failure);
  co_return std::get<Result>(outcome);
}

}  // namespace async_spinner
