#include "async_spinner.hpp"

#include <semaphore.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace async_spinner {

namespace {

class FlagEvent final : public Event {
 public:
  void set() override {
    flag_.store(true, std::memory_order_release);
    // Whoever has seen the flag unset under the lock sleeps by the time that this lock is got.
    { const std::scoped_lock lock(mutex_); }
    changed_.notify_all();
  }
  bool is_set() const override { return flag_.load(std::memory_order_acquire); }
  void wait() override {
    if (is_set()) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_set(); });
  }
  bool wait_for(Duration timeout) override {
    if (is_set()) return true;
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return is_set(); });
  }

 private:
  std::atomic<bool> flag_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
};

class Semaphore {
 public:
  Semaphore() { ::sem_init(&semaphore_, 0, 0); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore() { ::sem_destroy(&semaphore_); }
  void release() { ::sem_post(&semaphore_); }
  bool try_acquire_for(Duration timeout) {
    timespec deadline{};
    ::clock_gettime(CLOCK_REALTIME, &deadline);
    const Duration end = timeout + std::chrono::nanoseconds(deadline.tv_nsec);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(end);
    deadline.tv_sec += static_cast<time_t>(seconds.count());
    deadline.tv_nsec = static_cast<long>((end - seconds).count());
    int outcome = 0;
    do outcome = ::sem_timedwait(&semaphore_, &deadline);
    while (outcome != 0 && errno == EINTR);
    return outcome == 0;
  }

 private:
  sem_t semaphore_;
};

class Joiner {
 public:
  Joiner(std::thread thread, Semaphore& stop) : thread_(std::move(thread)), stop_(stop) {}
  Joiner(const Joiner&) = delete;
  Joiner& operator=(const Joiner&) = delete;
  ~Joiner() {
    stop_.release();
    thread_.join();
  }

 private:
  std::thread thread_;
  Semaphore& stop_;
};

class CallbackLoop final : public EventLoop {
 public:
  explicit CallbackLoop(Clock& clock) : clock_(clock) {}

  TaskId spawn(Task<void> task) override {
    auto state = std::make_shared<State>();
    state->id = static_cast<TaskId>(next_++);
    state->coroutine = task.handle();
    state->task = std::move(task);
    states_[state->id] = state;
    call_soon(state, [this, state] {
      if (std::exchange(state->cancelled, false)) {
        end(state, Ending::cancelled);
      } else {
        resume(state);
      }
    });
    return state->id;
  }

  bool cancel(TaskId id) override {
    const auto found = states_.find(id);
    if (found == states_.end()) return false;
    const auto state = found->second;
    state->cancelled = true;
    if (state->pending) call_soon_resume(std::exchange(state->pending, nullptr));
    return true;
  }

  void run() override {
    while (!soon_.empty() || next_timer() != nullptr) {
      if (soon_.empty()) clock_.sleep_until(next_timer()->first.first);
      while (const Timer* timer = next_timer()) {
        if (timer->first.first > clock_.now()) break;
        const auto ticket = timer->second;
        later_.erase(later_.begin());
        fire(ticket);
      }
      if (soon_.empty()) continue;
      const auto callback = std::move(soon_.front());
      soon_.pop_front();
      callback();
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, {}));
    if (!states_.empty()) throw Deadlock("stuck");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    current_->coroutine = coroutine;
    call_soon(current_, [this, state = current_] { resume(state); });
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    if (duration <= Duration::zero() || current_->cancelled) return suspend_yielding(coroutine);
    current_->coroutine = coroutine;
    later_[{clock_.now() + duration, sequence_++}] = issue_ticket();
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    const auto found = states_.find(id);
    if (found == states_.end() || current_->cancelled) return suspend_yielding(coroutine);
    current_->coroutine = coroutine;
    found->second->when_ended.push_back(issue_ticket());
  }
  void resumed() override {
    if (std::exchange(current_->cancelled, false)) throw Cancelled();
  }
  Ending ending(TaskId id) const override { return endings_.at(id); }

 private:
  struct State;
  // A right to wake a suspended task; void once the task has been woken in another way.
  struct Ticket {
    std::shared_ptr<State> state;
  };
  struct State {
    TaskId id{};
    Task<void> task;
    std::coroutine_handle<> coroutine;
    bool cancelled = false;
    std::shared_ptr<Ticket> pending;
    std::vector<std::shared_ptr<Ticket>> when_ended;
  };
  using Timer = std::pair<const std::pair<Instant, std::uint64_t>, std::shared_ptr<Ticket>>;

  std::shared_ptr<Ticket> issue_ticket() {
    current_->pending = std::make_shared<Ticket>(Ticket{current_});
    return current_->pending;
  }
  void fire(const std::shared_ptr<Ticket>& ticket) {
    if (!ticket->state) return;
    ticket->state->pending = nullptr;
    call_soon_resume(ticket);
  }
  void call_soon_resume(const std::shared_ptr<Ticket>& ticket) {
    auto state = std::exchange(ticket->state, nullptr);
    soon_.emplace_back([this, state] { resume(state); });
  }
  const Timer* next_timer() {
    while (!later_.empty() && !later_.begin()->second->state) later_.erase(later_.begin());
    return later_.empty() ? nullptr : &*later_.begin();
  }
  template <class Callback>
  void call_soon(const std::shared_ptr<State>&, Callback callback) {
    soon_.emplace_back(std::move(callback));
  }
  void resume(const std::shared_ptr<State>& state) {
    current_ = state;
    state->coroutine.resume();
    current_ = nullptr;
    if (!state->task.done()) return;
    const auto thrown = state->task.exception();
    Ending how = Ending::returned;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Cancelled&) {
      how = Ending::cancelled;
    } catch (...) {
      how = Ending::failed;
      if (!failure_) failure_ = thrown;
    }
    end(state, how);
  }
  void end(const std::shared_ptr<State>& state, Ending how) {
    endings_[state->id] = how;
    states_.erase(state->id);
    state->task = Task<void>();
    for (const auto& ticket : state->when_ended) fire(ticket);
  }

  Clock& clock_;
  std::uint64_t next_ = 1000;
  std::uint64_t sequence_ = 0;
  std::shared_ptr<State> current_;
  std::map<TaskId, Ending> endings_;
  std::exception_ptr failure_;
  std::deque<std::function<void()>> soon_;
  std::map<std::pair<Instant, std::uint64_t>, std::shared_ptr<Ticket>> later_;
  std::map<TaskId, std::shared_ptr<State>> states_;

 public:
  CallbackLoop(const CallbackLoop&) = delete;
  CallbackLoop& operator=(const CallbackLoop&) = delete;
  ~CallbackLoop() override {
    // Tickets and states point at each other.
    for (auto& [id, state] : states_) {
      state->task = Task<void>();
      if (state->pending) state->pending->state = nullptr;
      state->pending = nullptr;
    }
  }
};

struct CleanAtEnd {
  Terminal& terminal;
  ~CleanAtEnd() { terminal.clear(); }
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<FlagEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  Semaphore stop;
  const CleanAtEnd clean{terminal};
  const Joiner joiner(std::thread([&] {
                        for (int i = 0;; ++i) {
                          terminal.draw("|/-\\"[i % 4]);
                          if (stop.try_acquire_for(interval)) return;
                        }
                      }),
                      stop);
  return operation();
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<CallbackLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  const CleanAtEnd clean{terminal};
  while (true) {
    for (const char frame : {'|', '/', '-', '\\'}) {
      terminal.draw(frame);
      co_await loop.sleep(interval);
    }
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  std::function<Result()> outcome;
  try {
    const Result result = co_await std::move(operation);
    outcome = [result] { return result; };
  } catch (...) {
    outcome = [failure = std::current_exception()]() -> Result { std::rethrow_exception(failure); };
  }
  loop.cancel(spinner);
  co_await loop.join(spinner);
  co_return outcome();
}

}  // namespace async_spinner
