#include "async_spinner.hpp"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <exception>
#include <list>
#include <map>
#include <system_error>
#include <utility>
#include <variant>

namespace async_spinner {

namespace {

class PosixEvent : public Event {
 public:
  PosixEvent() {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition_, &attributes);
    pthread_condattr_destroy(&attributes);
  }
  ~PosixEvent() override {
    pthread_cond_destroy(&condition_);
    pthread_mutex_destroy(&mutex_);
  }
  PosixEvent(const PosixEvent&) = delete;
  PosixEvent& operator=(const PosixEvent&) = delete;

  void set() override {
    pthread_mutex_lock(&mutex_);
    set_ = true;
    pthread_cond_broadcast(&condition_);
    pthread_mutex_unlock(&mutex_);
  }
  bool is_set() const override {
    pthread_mutex_lock(&mutex_);
    const bool answer = set_;
    pthread_mutex_unlock(&mutex_);
    return answer;
  }
  void wait() override {
    pthread_mutex_lock(&mutex_);
    while (!set_) pthread_cond_wait(&condition_, &mutex_);
    pthread_mutex_unlock(&mutex_);
  }
  bool wait_for(Duration timeout) override {
    if (timeout.count() <= 0) return is_set();
    constexpr long kNanosecondsPerSecond = 1'000'000'000;
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout.count() / kNanosecondsPerSecond;
    until.tv_nsec += timeout.count() % kNanosecondsPerSecond;
    if (until.tv_nsec >= kNanosecondsPerSecond) {
      until.tv_nsec -= kNanosecondsPerSecond;
      until.tv_sec += 1;
    }
    pthread_mutex_lock(&mutex_);
    int status = 0;
    while (!set_ && status != ETIMEDOUT) status = pthread_cond_timedwait(&condition_, &mutex_, &until);
    const bool answer = set_;
    pthread_mutex_unlock(&mutex_);
    return answer;
  }

 private:
  mutable pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition_;
  bool set_ = false;
};

struct Spinning {
  Terminal& terminal;
  Duration interval;
  PosixEvent stop{};
  bool drawn = false;
};

extern "C" void* run_spinner(void* argument) {
  auto& spinning = *static_cast<Spinning*>(argument);
  static const char frames[] = {'|', '/', '-', '\\'};
  for (unsigned i = 0; !spinning.stop.is_set(); ++i) {
    spinning.terminal.draw(frames[i % 4]);
    spinning.drawn = true;
    spinning.stop.wait_for(spinning.interval);
  }
  return nullptr;
}

// A task stands in exactly one list. To change its state is to splice it from one list into another.
class ListLoop : public EventLoop {
  struct Node;
  using List = std::list<Node>;
  struct Node {
    TaskId id;
    Task<void> task;
    std::coroutine_handle<> handle;
    List* in;
    Instant deadline{};
    TaskId waits_for{};
    bool had_turn = false;
    bool cancelling = false;
  };

 public:
  explicit ListLoop(Clock& clock) : clock_(clock) {}

  TaskId spawn(Task<void> task) override {
    const TaskId id{++last_};
    const auto handle = task.handle();
    ready_.push_back(Node{id, std::move(task), handle, &ready_});
    live_[id] = std::prev(ready_.end());
    return id;
  }

  bool cancel(TaskId id) override {
    const auto found = live_.find(id);
    if (found == live_.end()) return false;
    const auto node = found->second;
    node->cancelling = true;
    if (node->in == &sleeping_ || node->in == &joining_) move(node, ready_, ready_.end());
    return true;
  }

  void run() override {
    while (!ready_.empty() || !sleeping_.empty()) {
      if (ready_.empty()) clock_.sleep_until(sleeping_.front().deadline);
      if (!sleeping_.empty()) {
        for (const Instant now = clock_.now(); !sleeping_.empty() && sleeping_.front().deadline <= now;)
          move(sleeping_.begin(), ready_, ready_.end());
      }
      if (!ready_.empty()) turn();
    }
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, {}));
    if (!joining_.empty()) throw Deadlock("only joining tasks are left");
  }

  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    running_.front().handle = coroutine;
    move(running_.begin(), ready_, ready_.end());
  }

  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    Node& node = running_.front();
    if (node.cancelling || duration.count() <= 0) {
      suspend_yielding(coroutine);
      return;
    }
    node.handle = coroutine;
    node.deadline = clock_.now() + duration;
    const auto place = std::find_if(sleeping_.begin(), sleeping_.end(),
                                    [&](const Node& other) { return other.deadline > node.deadline; });
    move(running_.begin(), sleeping_, place);
  }

  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    if (running_.front().cancelling || live_.count(id) == 0) {
      suspend_yielding(coroutine);
      return;
    }
    running_.front().handle = coroutine;
    running_.front().waits_for = id;
    move(running_.begin(), joining_, joining_.end());
  }

  void resumed() override {
    if (!running_.front().cancelling) return;
    running_.front().cancelling = false;
    throw Cancelled();
  }

  Ending ending(TaskId id) const override { return endings_.at(id); }

 private:
  void move(List::iterator node, List& to, List::iterator place) {
    to.splice(place, *node->in, node);
    node->in = &to;
  }

  void turn() {
    const auto node = ready_.begin();
    move(node, running_, running_.end());
    if (!node->had_turn && node->cancelling) {
      end(node, Ending::cancelled);
      return;
    }
    node->had_turn = true;
    node->handle.resume();
    if (!node->task.done()) return;
    if (!node->task.exception()) {
      end(node, Ending::returned);
      return;
    }
    try {
      std::rethrow_exception(node->task.exception());
    } catch (const Cancelled&) {
      end(node, Ending::cancelled);
    } catch (...) {
      if (!thrown_) thrown_ = std::current_exception();
      end(node, Ending::failed);
    }
  }

  void end(List::iterator node, Ending how) {
    const TaskId id = node->id;
    endings_[id] = how;
    live_.erase(id);
    for (auto joiner = joining_.begin(); joiner != joining_.end();) {
      const auto each = joiner++;
      if (each->waits_for == id) move(each, ready_, ready_.end());
    }
    running_.erase(node);  // With it goes the frame.
  }

  Clock& clock_;
  std::uint64_t last_ = 0;
  std::map<TaskId, List::iterator> live_;
  std::map<TaskId, Ending> endings_;
  List running_, ready_, sleeping_, joining_;
  std::exception_ptr thrown_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<PosixEvent>(); }

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<ListLoop>(clock); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  Spinning spinning{terminal, interval};
  pthread_t thread;
  if (const int error = pthread_create(&thread, nullptr, run_spinner, &spinning); error != 0) {
    throw std::system_error(error, std::generic_category(), "pthread_create");
  }
  std::exception_ptr thrown;
  Result result = 0;
  try {
    result = operation();
  } catch (...) {
    thrown = std::current_exception();
  }
  spinning.stop.set();
  pthread_join(thread, nullptr);
  if (spinning.drawn) terminal.clear();
  if (thrown) std::rethrow_exception(thrown);
  return result;
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
