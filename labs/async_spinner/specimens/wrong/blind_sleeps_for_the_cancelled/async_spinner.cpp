#include "async_spinner.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace async_spinner {

namespace {

// Each waiter brings a condition of its own, which set() notifies.
class WaiterListEvent : public Event {
 public:
  void set() override {
    std::lock_guard lock(mutex_);
    set_ = true;
    for (std::condition_variable* waiter : waiters_) waiter->notify_one();
    waiters_.clear();
  }
  bool is_set() const override {
    std::lock_guard lock(mutex_);
    return set_;
  }
  void wait() override {
    std::condition_variable mine;
    std::unique_lock lock(mutex_);
    if (set_) return;
    waiters_.push_back(&mine);
    mine.wait(lock, [this] { return set_; });
  }
  bool wait_for(Duration timeout) override {
    std::condition_variable mine;
    std::unique_lock lock(mutex_);
    if (set_ || timeout.count() <= 0) return set_;
    waiters_.push_back(&mine);
    const Instant now = std::chrono::steady_clock::now();
    const Instant deadline = timeout > Instant::max() - now ? Instant::max() : now + timeout;
    if (mine.wait_until(lock, deadline, [this] { return set_; })) return true;
    std::erase(waiters_, &mine);
    return false;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::condition_variable*> waiters_;
  bool set_ = false;
};

// A heap of timers. A sleep that was cancelled stays in the heap and is thrown away when it comes to the top:
// its number is no longer the one on which its task waits.
class HeapLoop : public EventLoop {
 public:
  explicit HeapLoop(Clock& clock) : clock_(clock) {}
  ~HeapLoop() override {
    // Tasks that join each other hold each other: the frames and these references go by hand.
    for (auto& [id, job] : all_) {
      job->task = {};
      job->joiners.clear();
    }
  }

  TaskId spawn(Task<void> task) override {
    auto job = std::make_shared<Job>();
    job->id = TaskId{all_.size()};
    job->next = task.handle();
    job->task = std::move(task);
    all_.emplace(job->id, job);
    ++alive_;
    ready_.push(job);
    return job->id;
  }

  bool cancel(TaskId id) override {
    const auto job = all_.at(id);
    if (job->ended) return false;
    job->cancel = true;
    if (job->waits_on != 0) enqueue(job);
    return true;
  }

  void run() override {
    for (;;) {
      while (!timers_.empty() && timers_.top().deadline <= clock_.now()) {
        const auto job = timers_.top().job;
        const bool stale = timers_.top().number != job->waits_on;
        timers_.pop();
        if (!stale) enqueue(job);
      }
      if (!ready_.empty()) {
        current_ = ready_.front();
        ready_.pop();
        turn();
        current_.reset();
      } else if (!timers_.empty()) {
        clock_.sleep_until(timers_.top().deadline);
      } else {
        break;
      }
    }
    if (const auto failure = std::move(first_failure_)) {
      first_failure_ = nullptr;
      std::rethrow_exception(failure);
    }
    if (alive_ > 0) throw Deadlock("deadlock: " + std::to_string(alive_) + " tasks wait for each other");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    current_->next = coroutine;
    enqueue(current_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    current_->next = coroutine;
    if (current_->cancel || duration <= duration.zero()) return enqueue(current_);
    current_->waits_on = ++numbers_;
    timers_.push({clock_.now() + duration, numbers_, current_});
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    current_->next = coroutine;
    const auto other = all_.at(id);
    if (current_->cancel || other->ended) return enqueue(current_);
    current_->waits_on = ++numbers_;
    other->joiners.emplace_back(numbers_, current_);
  }
  void resumed() override {
    if (!current_->cancel) return;
    current_->cancel = false;
    throw Cancelled();
  }
  Ending ending(TaskId id) const override { return *all_.at(id)->ended; }

 private:
  struct Job;
  using JobPtr = std::shared_ptr<Job>;
  struct Job {
    TaskId id{};
    Task<void> task;
    std::coroutine_handle<> next;
    std::uint64_t waits_on = 0;  // The number of the sleep or join; 0 if it is ready.
    bool begun = false;
    bool cancel = false;
    std::optional<Ending> ended;
    std::vector<std::pair<std::uint64_t, JobPtr>> joiners;
  };
  struct Timer {
    Instant deadline;
    std::uint64_t number;
    JobPtr job;
    bool operator>(const Timer& other) const {
      return deadline != other.deadline ? deadline > other.deadline : number > other.number;
    }
  };

  void enqueue(const JobPtr& job) {
    job->waits_on = 0;
    ready_.push(job);
  }

  void turn() {
    Job& job = *current_;
    Ending how = Ending::cancelled;
    if (job.begun || !job.cancel) {
      job.begun = true;
      job.next.resume();
      if (!job.task.done()) return;
      how = Ending::returned;
      try {
        if (job.task.exception()) std::rethrow_exception(job.task.exception());
      } catch (const Cancelled&) {
        how = Ending::cancelled;
      } catch (...) {
        how = Ending::failed;
        if (!first_failure_) first_failure_ = std::current_exception();
      }
    }
    job.ended = how;
    --alive_;
    job.task = {};
    for (const auto& [number, joiner] : std::exchange(job.joiners, {})) {
      if (joiner->waits_on == number) enqueue(joiner);
    }
  }

  Clock& clock_;
  std::unordered_map<TaskId, JobPtr> all_;
  std::queue<JobPtr> ready_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  JobPtr current_;
  std::uint64_t numbers_ = 0;
  std::size_t alive_ = 0;
  std::exception_ptr first_failure_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<WaiterListEvent>(); }

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<HeapLoop>(clock); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  WaiterListEvent stop;
  int drawn = 0;
  const auto spinning = [&] {
    while (!stop.is_set()) {
      switch (drawn++ % 4) {
        case 0:
          terminal.draw('|');
          break;
        case 1:
          terminal.draw('/');
          break;
        case 2:
          terminal.draw('-');
          break;
        default:
          terminal.draw('\\');
      }
      stop.wait_for(interval);
    }
  };
  struct Joined {
    std::thread thread;
    WaiterListEvent& stop;
    Terminal& terminal;
    int& drawn;
    ~Joined() {
      stop.set();
      thread.join();
      if (drawn > 0) terminal.clear();
    }
  } joined{std::thread(spinning), stop, terminal, drawn};
  return operation();
}

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
