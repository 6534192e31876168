#include "async_spinner.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <queue>
#include <thread>
#include <unordered_map>
#include <vector>

namespace async_spinner {

namespace {

const char kFrames[] = {'|', '/', '-', '\\'};

class EventImpl : public Event {
  mutable std::mutex m;
  std::condition_variable cv;
  bool flag = false;

 public:
  void set() override {
    std::lock_guard lock(m);
    flag = true;
    cv.notify_all();
  }
  bool is_set() const override {
    std::lock_guard lock(m);
    return flag;
  }
  void wait() override {
    std::unique_lock lock(m);
    while (!flag) cv.wait(lock);
  }
  bool wait_for(Duration timeout) override {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::unique_lock lock(m);
    while (!flag) {
      if (cv.wait_until(lock, deadline) == std::cv_status::timeout) return flag;
    }
    return true;
  }
};

class HeapLoop : public EventLoop {
  struct Job {
    Task<void> task;
    std::coroutine_handle<> handle;
    std::uint64_t suspension = 0;  // Counts suspensions: a timer of an earlier one is stale.
    bool fresh = true;
    bool cancelled = false;
    bool waiting = false;  // Sleeps or joins.
    std::vector<std::pair<TaskId, std::uint64_t>> joiners;
  };
  struct Timer {
    Instant when;
    std::uint64_t order;
    TaskId id;
    std::uint64_t suspension;
    bool operator>(const Timer& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };

  Clock& clock;
  std::unordered_map<TaskId, std::unique_ptr<Job>> jobs;
  std::unordered_map<TaskId, Ending> endings;
  std::deque<TaskId> ready;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers;
  std::uint64_t next_id = 1, next_order = 0;
  TaskId current{};
  std::exception_ptr error;

  Job& job() { return *jobs.at(current); }

  void wake(TaskId id) {
    jobs.at(id)->waiting = false;
    ready.push_back(id);
  }
  void finish(Ending how) {
    auto job = std::move(jobs.at(current));
    jobs.erase(current);
    endings[current] = how;
    job->task = Task<void>();
    for (auto [id, suspension] : job->joiners) {
      const auto found = jobs.find(id);
      if (found != jobs.end() && found->second->waiting && found->second->suspension == suspension) wake(id);
    }
  }
  void turn() {
    current = ready.front();
    ready.pop_front();
    Job& j = job();
    if (j.fresh && j.cancelled) return finish(Ending::cancelled);
    j.fresh = false;
    j.handle.resume();
    if (!j.task.done()) return;
    Ending how = Ending::returned;
    if (auto e = j.task.exception()) {
      try {
        std::rethrow_exception(e);
      } catch (Cancelled&) {
        how = Ending::cancelled;
      } catch (...) {
        how = Ending::failed;
        if (!error) error = e;
      }
    }
    finish(how);
  }

 public:
  explicit HeapLoop(Clock& c) : clock(c) {}

  TaskId spawn(Task<void> task) override {
    const TaskId id{next_id++};
    auto j = std::make_unique<Job>();
    j->handle = task.handle();
    j->task = std::move(task);
    jobs.emplace(id, std::move(j));
    ready.push_back(id);
    return id;
  }
  bool cancel(TaskId id) override {
    const auto found = jobs.find(id);
    if (found == jobs.end()) return false;
    found->second->cancelled = true;
    if (found->second->waiting) wake(id);
    return true;
  }
  void run() override {
    while (true) {
      if (!timers.empty() && timers.top().when <= clock.now()) {
        const Timer timer = timers.top();
        timers.pop();
        // Timers of cancelled sleeps are ignored here, but the loop has slept for them before.
        const auto found = jobs.find(timer.id);
        if (found != jobs.end() && found->second->waiting && found->second->suspension == timer.suspension)
          wake(timer.id);
        continue;
      }
      if (!ready.empty())
        turn();
      else if (!timers.empty())
        clock.sleep_until(timers.top().when);
      else
        break;
    }
    if (error) {
      auto e = error;
      error = nullptr;
      std::rethrow_exception(e);
    }
    if (!jobs.empty()) throw Deadlock("deadlock");
  }
  void suspend_yielding(std::coroutine_handle<> h) override {
    job().handle = h;
    ++job().suspension;
    ready.push_back(current);
  }
  void suspend_sleeping(std::coroutine_handle<> h, Duration d) override {
    suspend_yielding(h);
    if (d <= Duration(0) || job().cancelled) return;
    ready.pop_back();
    job().waiting = true;
    timers.push({clock.now() + d, next_order++, current, job().suspension});
  }
  void suspend_joining(std::coroutine_handle<> h, TaskId id) override {
    suspend_yielding(h);
    const auto found = jobs.find(id);
    if (found == jobs.end() || job().cancelled) return;
    ready.pop_back();
    job().waiting = true;
    found->second->joiners.emplace_back(current, job().suspension);
  }
  void resumed() override {
    if (!job().cancelled) return;
    job().cancelled = false;
    throw Cancelled{};
  }
  Ending ending(TaskId id) const override { return endings.at(id); }
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<EventImpl>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;
  std::jthread spinner([&] {
    std::unique_lock lock(mutex);
    unsigned i = 0;
    do terminal.draw(kFrames[i++ % 4]);
    while (!changed.wait_for(lock, interval, [&] { return over; }));
    terminal.clear();
  });
  const auto stop = [&](bool* flag) {
    const std::lock_guard lock(mutex);
    *flag = true;
    changed.notify_one();
  };
  const std::unique_ptr<bool, decltype(stop)> guard(&over, stop);  // Goes before the thread, which joins.
  return operation();
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<HeapLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  try {
    for (unsigned i = 0;; ++i) {
      terminal.draw(kFrames[i % 4]);
      co_await loop.sleep(interval);
    }
  } catch (...) {
    terminal.clear();
    throw;
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  auto id = loop.spawn(spin(loop, terminal, interval));
  std::exception_ptr e;
  Result r{};
  try {
    r = co_await std::move(operation);
  } catch (...) {
    e = std::current_exception();
  }
  loop.cancel(id);
  co_await loop.join(id);
  if (e) std::rethrow_exception(e);
  co_return r;
}

}  // namespace async_spinner
