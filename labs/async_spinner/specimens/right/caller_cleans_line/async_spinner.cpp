#include "async_spinner.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace async_spinner {

namespace {

struct ManualEvent : Event {
  mutable std::mutex mutex;
  std::condition_variable_any condition;
  bool happened = false;

  void set() override {
    std::unique_lock lock{mutex};
    if (happened) return;
    happened = true;
    condition.notify_all();
  }
  bool is_set() const override {
    std::unique_lock lock{mutex};
    return happened;
  }
  void wait() override {
    std::unique_lock lock{mutex};
    condition.wait(lock, [&] { return happened; });
  }
  bool wait_for(Duration timeout) override {
    std::unique_lock lock{mutex};
    return condition.wait_until(lock, std::chrono::steady_clock::now() + timeout, [&] { return happened; });
  }
};

struct Node;

// A queue that runs through the nodes themselves.
struct Queue {
  Node* first = nullptr;
  Node* last = nullptr;
  void push(Node* node);
  Node* pop();
  void remove(Node* node);
};

struct Node {
  Task<void> task;
  std::coroutine_handle<> continuation;
  Node* next = nullptr;
  Queue* queue = nullptr;
  Queue joiners;
  Instant wake_at{};
  bool begun = false, to_cancel = false, over = false;
  Ending ending{};
};

void Queue::push(Node* node) {
  node->next = nullptr;
  node->queue = this;
  (last != nullptr ? last->next : first) = node;
  last = node;
}
Node* Queue::pop() {
  Node* node = first;
  remove(node);
  return node;
}
void Queue::remove(Node* node) {
  Node** link = &first;
  Node* before = nullptr;
  while (*link != node) {
    before = *link;
    link = &before->next;
  }
  *link = node->next;
  if (last == node) last = before;
  node->queue = nullptr;
}

class LinkedLoop : public EventLoop {
 public:
  explicit LinkedLoop(Clock& clock) : clock_(clock) {}
  TaskId spawn(Task<void> task) override {
    auto& node = nodes_.emplace_back(std::make_unique<Node>());
    node->continuation = task.handle();
    node->task = std::move(task);
    ready_.push(node.get());
    ++alive_;
    return TaskId{nodes_.size() * 7};
  }
  bool cancel(TaskId id) override {
    Node* node = get(id);
    if (node->over) return false;
    node->to_cancel = true;
    if (node->queue != nullptr && node->queue != &ready_) {
      node->queue->remove(node);
      ready_.push(node);
    }
    return true;
  }
  void run() override {
    while (ready_.first != nullptr || asleep_.first != nullptr) {
      if (ready_.first == nullptr) clock_.sleep_until(asleep_.first->wake_at);
      if (asleep_.first != nullptr) {
        const Instant now = clock_.now();
        while (asleep_.first != nullptr && asleep_.first->wake_at <= now) ready_.push(asleep_.pop());
      }
      if (ready_.first == nullptr) continue;
      turn(ready_.pop());
    }
    if (error_ != nullptr) {
      std::exception_ptr error;
      std::swap(error, error_);
      std::rethrow_exception(error);
    }
    if (alive_ != 0) throw Deadlock("nobody can go on");
  }
  void suspend_yielding(std::coroutine_handle<> coroutine) override {
    now_->continuation = coroutine;
    ready_.push(now_);
  }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    if (now_->to_cancel || duration <= Duration{}) return suspend_yielding(coroutine);
    now_->continuation = coroutine;
    now_->wake_at = clock_.now() + duration;
    // Sorted by insertion, behind those with the same deadline.
    Queue rest;
    Queue sorted;
    while (asleep_.first != nullptr) {
      Node* other = asleep_.pop();
      (other->wake_at <= now_->wake_at ? sorted : rest).push(other);
    }
    sorted.push(now_);
    while (rest.first != nullptr) sorted.push(rest.pop());
    while (sorted.first != nullptr) asleep_.push(sorted.pop());
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId id) override {
    if (now_->to_cancel || get(id)->over) return suspend_yielding(coroutine);
    now_->continuation = coroutine;
    get(id)->joiners.push(now_);
  }
  void resumed() override {
    if (!now_->to_cancel) return;
    now_->to_cancel = false;
    throw Cancelled{};
  }
  Ending ending(TaskId id) const override { return get(id)->ending; }

 private:
  Node* get(TaskId id) const { return nodes_[static_cast<std::uint64_t>(id) / 7 - 1].get(); }
  void turn(Node* node) {
    now_ = node;
    if (node->begun || !node->to_cancel) {
      node->begun = true;
      node->continuation.resume();
      if (!node->task.done()) return;
      judge(node);
    } else {
      node->ending = Ending::cancelled;
    }
    node->over = true;
    --alive_;
    node->task = {};
    while (node->joiners.first != nullptr) ready_.push(node->joiners.pop());
  }
  void judge(Node* node) {
    node->ending = Ending::returned;
    if (!node->task.exception()) return;
    try {
      std::rethrow_exception(node->task.exception());
    } catch (Cancelled) {
      node->ending = Ending::cancelled;
    } catch (...) {
      node->ending = Ending::failed;
      if (!error_) error_ = std::current_exception();
    }
  }
  Clock& clock_;
  Queue ready_, asleep_;
  Node* now_ = nullptr;
  std::size_t alive_ = 0;
  std::exception_ptr error_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<ManualEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  ManualEvent stop;
  bool drawn = false;  // Written by the spinner's thread, read after its join.
  std::thread spinner([&] {
    auto next = std::chrono::steady_clock::now();
    for (std::size_t i = 0; !stop.is_set(); ++i) {
      terminal.draw("|/-\\"[i & 3u]);
      drawn = true;
      next += interval;
      if (stop.wait_for(next - std::chrono::steady_clock::now())) break;
    }
  });
  struct AtExit {
    std::function<void()> action;
    ~AtExit() { action(); }
  } at_exit{[&] {
    stop.set();
    spinner.join();
    if (drawn) terminal.clear();
  }};
  return operation();
}

std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<LinkedLoop>(clock); }

Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  struct AtExit {
    Terminal& line;
    ~AtExit() { line.clear(); }
  } at_exit{terminal};
  std::uint32_t frames = '|' | '/' << 8 | '-' << 16 | static_cast<std::uint32_t>('\\') << 24;
  for (;;) {
    terminal.draw(static_cast<char>(frames & 0xff));
    frames = frames >> 8 | frames << 24;
    co_await loop.sleep(interval);
  }
}

Task<Result> with_task_spinner(EventLoop& loop, Terminal& terminal, Duration interval,
                               Task<Result> operation) {
  const TaskId spinner = loop.spawn(spin(loop, terminal, interval));
  Result result{};
  std::exception_ptr thrown;
  try {
    result = co_await std::move(operation);
  } catch (...) {
    thrown = std::current_exception();
  }
  loop.cancel(spinner);
  while (co_await loop.join(spinner) != Ending::cancelled) {
  }
  if (thrown) std::rethrow_exception(thrown);
  co_return result;
}

}  // namespace async_spinner
