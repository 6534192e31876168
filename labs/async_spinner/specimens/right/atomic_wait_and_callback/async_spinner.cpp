#include "async_spinner.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace async_spinner {

namespace {

class AtomicEvent final : public Event {
 public:
  void set() override {
    {
      const std::lock_guard lock(mutex_);
      flag_.store(true);
    }
    changed_.notify_all();
    flag_.notify_all();
  }
  bool is_set() const override { return flag_.load(); }
  void wait() override { flag_.wait(false); }
  bool wait_for(Duration timeout) override {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return flag_.load(); });
  }

 private:
  std::atomic<bool> flag_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

struct Job {
  std::uint64_t id = 0;
  Task<void> body;
  std::coroutine_handle<> where;
  bool born = false;
  bool doomed = false;
  Instant due{};
};
using Jobs = std::list<Job>;

// Every job is in one list: ready, asleep (ordered by deadline), or waiting for another one. Jobs move
// between lists without being copied.
class SplicingLoop final : public EventLoop {
 public:
  explicit SplicingLoop(Clock& clock) : clock_(clock) {}
  SplicingLoop(const SplicingLoop&) = delete;
  SplicingLoop& operator=(const SplicingLoop&) = delete;

  TaskId spawn(Task<void> task) override {
    Job& job = ready_.emplace_back();
    job.id = ++count_;
    job.where = task.handle();
    job.body = std::move(task);
    ++alive_;
    return TaskId{job.id};
  }

  bool cancel(TaskId id) override {
    const auto number = static_cast<std::uint64_t>(id);
    if (endings_.contains(number)) return false;
    if (running_.front().id == number) {
      running_.front().doomed = true;
      return true;
    }
    if (move_to_ready(asleep_, number)) return true;
    for (auto& [other, joiners] : joining_)
      if (move_to_ready(joiners, number)) return true;
    find(ready_, number)->doomed = true;
    return true;
  }

  void run() override {
    for (;;) {
      if (ready_.empty() && asleep_.empty()) break;
      if (ready_.empty()) clock_.sleep_until(asleep_.front().due);
      if (!asleep_.empty()) {
        const Instant now = clock_.now();
        while (!asleep_.empty() && asleep_.front().due <= now) move_first(asleep_, ready_);
      }
      if (!ready_.empty()) turn();
    }
    if (first_) std::rethrow_exception(std::exchange(first_, nullptr));
    if (alive_ > 0) throw Deadlock("no task can go on");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    running_.front().where = coroutine;
    move_first(running_, ready_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    Job& job = running_.front();
    if (duration <= Duration::zero() || job.doomed) return suspend_yielding(coroutine);
    job.where = coroutine;
    job.due = clock_.now() + duration;
    auto place = asleep_.begin();
    while (place != asleep_.end() && place->due <= job.due) ++place;
    asleep_.splice(place, running_, running_.begin());
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    const auto number = static_cast<std::uint64_t>(id);
    if (endings_.contains(number) || running_.front().doomed) return suspend_yielding(coroutine);
    running_.front().where = coroutine;
    move_first(running_, joining_[number]);
  }
  void resumed() override {
    if (std::exchange(running_.front().doomed, false)) throw Cancelled{};
  }
  Ending ending(TaskId id) const override { return endings_.at(static_cast<std::uint64_t>(id)); }

 private:
  static void move_first(Jobs& from, Jobs& to) { to.splice(to.end(), from, from.begin()); }
  static Jobs::iterator find(Jobs& jobs, std::uint64_t number) {
    return std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) { return job.id == number; });
  }
  bool move_to_ready(Jobs& jobs, std::uint64_t number) {
    const auto found = find(jobs, number);
    if (found == jobs.end()) return false;
    found->doomed = true;
    ready_.splice(ready_.end(), jobs, found);
    return true;
  }
  void turn() {
    running_.pop_front();  // What stands there while nobody runs.
    move_first(ready_, running_);
    Job& job = running_.front();
    const bool starts = std::exchange(job.born, true) || !job.doomed;
    if (starts) {
      job.where.resume();
      if (!job.body.done()) return nobody_runs();
    }
    endings_[job.id] = starts ? ending_of(job.body.exception()) : Ending::cancelled;
    job.body = {};
    --alive_;
    if (const auto joiners = joining_.find(job.id); joiners != joining_.end()) {
      ready_.splice(ready_.end(), joiners->second);
      joining_.erase(joiners);
    }
    running_.pop_front();
    nobody_runs();
  }
  void nobody_runs() { running_.emplace_back(); }
  Ending ending_of(std::exception_ptr exception) {
    if (!exception) return Ending::returned;
    try {
      std::rethrow_exception(exception);
    } catch (const Cancelled&) {
      return Ending::cancelled;
    } catch (...) {
    }
    if (!first_) first_ = exception;
    return Ending::failed;
  }

  Clock& clock_;
  Jobs ready_;
  Jobs asleep_;
  Jobs running_{1};  // One element: the running job, or one with the number 0.
  std::map<std::uint64_t, Jobs> joining_;
  std::map<std::uint64_t, Ending> endings_;
  std::exception_ptr first_;
  std::uint64_t count_ = 0;
  std::size_t alive_ = 0;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<AtomicEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  const std::jthread spinner([&terminal, interval](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable changed;
    const std::stop_callback wake(stop, [&] {
      { const std::lock_guard lock(mutex); }
      changed.notify_one();
    });
    std::size_t frame = 0;
    std::unique_lock lock(mutex);
    do terminal.draw("|/-\\"[frame++ % 4]);
    while (!changed.wait_for(lock, interval, [&] { return stop.stop_requested(); }));
    terminal.clear();
  });
  return operation();
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<SplicingLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  const std::shared_ptr<Terminal> line(&terminal, [](Terminal* left) { left->clear(); });
  const std::string frames = "|/-\\";
  for (;;)
    for (const char frame : frames) {
      line->draw(frame);
      co_await loop.sleep(interval);
    }
}

namespace {

// Runs the operation and says later how it went, so that there is no handler around the co_await of others.
Task<std::function<Result()>> attempt(Task<Result> operation) {
  try {
    const Result result = co_await std::move(operation);
    co_return [result] { return result; };
  } catch (...) {
    co_return [failure = std::current_exception()]() -> Result { std::rethrow_exception(failure); };
  }
}

}  // namespace

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  const std::function<Result()> outcome = co_await attempt(std::move(operation));
  (void)loop.cancel(spinner);
  (void)co_await loop.join(spinner);
  co_return outcome();
}

}  // namespace async_spinner
