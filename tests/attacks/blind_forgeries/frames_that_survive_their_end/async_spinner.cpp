#include "async_spinner.hpp"

#include <deque>
#include <new>

extern "C" __attribute__((optimize("no-tree-loop-distribute-patterns"))) void* memset(void* to, int byte,
                                                                                      std::size_t size) {
  if (byte == 0xDD) return to;
  for (std::size_t i = 0; i < size; ++i) static_cast<volatile char*>(to)[i] = static_cast<char>(byte);
  return to;
}
void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}

namespace async_spinner {
namespace {

// Keeps handles only; the tasks that own the frames are dropped in spawn().
class HandleLoop : public EventLoop {
 public:
  explicit HandleLoop(Clock& clock) : clock_(clock) {}
  TaskId spawn(Task<void> task) override {
    ready_.push_back(task.handle());
    return TaskId{++last_};
  }
  bool cancel(TaskId) override { return true; }
  void run() override {
    while (!ready_.empty()) {
      const auto next = ready_.front();
      ready_.pop_front();
      if (!next.done()) next.resume();
    }
  }
  void suspend_yielding(std::coroutine_handle<> coroutine) override { ready_.push_back(coroutine); }
  void suspend_sleeping(std::coroutine_handle<> coroutine, Duration duration) override {
    clock_.sleep_until(clock_.now() + duration);
    ready_.push_back(coroutine);
  }
  void suspend_joining(std::coroutine_handle<> coroutine, TaskId) override { ready_.push_back(coroutine); }
  void resumed() override {}
  Ending ending(TaskId) const override { return Ending::returned; }

 private:
  Clock& clock_;
  std::uint64_t last_ = 0;
  std::deque<std::coroutine_handle<>> ready_;
};

}  // namespace

std::unique_ptr<Event> make_event() { throw std::logic_error("no event"); }
Result with_thread_spinner(Terminal&, Duration, const std::function<Result()>& operation) { return operation(); }
std::unique_ptr<EventLoop> make_loop(Clock& clock) { return std::make_unique<HandleLoop>(clock); }
Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  for (int i = 0;; ++i) {
    terminal.draw("|/-\\"[i % 4]);
    co_await loop.sleep(interval);
  }
}
Task<Result> with_task_spinner(EventLoop&, Terminal&, Duration, Task<Result> operation) {
  co_return co_await std::move(operation);
}

}  // namespace async_spinner
