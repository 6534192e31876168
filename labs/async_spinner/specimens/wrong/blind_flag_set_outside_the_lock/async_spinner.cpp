#include "async_spinner.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace async_spinner {

namespace {

// wait() sleeps on the atomic itself; only wait_for() needs the condition variable.
class AtomicEvent : public Event {
 public:
  void set() override {
    set_.store(true, std::memory_order_release);
    set_.notify_all();
    timed_.notify_all();
  }
  bool is_set() const override { return set_.load(std::memory_order_acquire); }
  void wait() override { set_.wait(false, std::memory_order_acquire); }
  bool wait_for(Duration timeout) override {
    if (is_set()) return true;
    if (timeout <= Duration::zero()) return false;
    const Instant now = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    return timed_.wait_until(lock, timeout < Instant::max() - now ? now + timeout : Instant::max(),
                             [this] { return is_set(); });
  }

 private:
  std::atomic<bool> set_{false};
  std::mutex mutex_;
  std::condition_variable timed_;
};

template <class F>
class Finally {
 public:
  explicit Finally(F f) : f_(std::move(f)) {}
  ~Finally() { f_(); }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

 private:
  F f_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<AtomicEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  static constexpr char kFrames[4] = {'|', '/', '-', '\\'};
  const auto stop = make_event();
  std::thread thread([&, frame = 0u]() mutable {
    while (!stop->is_set()) {
      terminal.draw(kFrames[frame++ & 3]);
      stop->wait_for(interval);
    }
    if (frame != 0) terminal.clear();
  });
  const Finally finally([&] {
    stop->set();
    thread.join();
  });
  return operation();
}

namespace {

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
    running_.erase(node);  // With it goes the frame.
    for (auto joiner = joining_.begin(); joiner != joining_.end();) {
      const auto each = joiner++;
      if (each->waits_for == id) move(each, ready_, ready_.end());
    }
  }

  Clock& clock_;
  std::uint64_t last_ = 0;
  std::map<TaskId, List::iterator> live_;
  std::map<TaskId, Ending> endings_;
  List running_, ready_, sleeping_, joining_;
  std::exception_ptr thrown_;
};

}  // namespace

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<ListLoop>(clock); }

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
