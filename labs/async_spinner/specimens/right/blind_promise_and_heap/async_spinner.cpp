#include "async_spinner.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace async_spinner {

namespace {

class PromiseEvent : public Event {
 public:
  void set() override {
    if (!said_.test_and_set()) promise_.set_value();
  }
  bool is_set() const override { return future_.wait_for(Duration::zero()) == std::future_status::ready; }
  void wait() override { future_.wait(); }
  bool wait_for(Duration timeout) override {
    if (timeout.count() <= 0) return is_set();
    const Instant now = std::chrono::steady_clock::now();
    if (timeout > Instant::max() - now) {
      future_.wait();
      return true;
    }
    return future_.wait_until(now + timeout) == std::future_status::ready;
  }

 private:
  std::atomic_flag said_ = ATOMIC_FLAG_INIT;
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
};

int draw_frames(Terminal& terminal, Duration interval, std::shared_future<void> stop) {
  int drawn = 0;
  while (stop.wait_for(Duration::zero()) != std::future_status::ready) {
    terminal.draw("|/-\\"[drawn % 4]);
    drawn = drawn == 7 ? 4 : drawn + 1;  // Never back to 0, however long it takes.
    if (stop.wait_for(interval) == std::future_status::ready) break;
  }
  return drawn;
}

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<PromiseEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  std::promise<void> stop;
  auto drawn =
      std::async(std::launch::async, draw_frames, std::ref(terminal), interval, stop.get_future().share());
  const auto finish = [&] {
    stop.set_value();
    if (drawn.get() > 0) terminal.clear();
  };
  Result result = 0;
  try {
    result = operation();
  } catch (...) {
    finish();
    throw;
  }
  finish();
  return result;
}

namespace {

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
      drop_stale();
      while (!timers_.empty() && timers_.top().deadline <= clock_.now()) {
        const auto job = timers_.top().job;
        timers_.pop();
        enqueue(job);
        drop_stale();
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

  void drop_stale() {
    while (!timers_.empty() && timers_.top().number != timers_.top().job->waits_on) timers_.pop();
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

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<HeapLoop>(clock); }

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
