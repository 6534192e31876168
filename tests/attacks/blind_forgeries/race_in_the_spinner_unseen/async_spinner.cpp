#include "async_spinner.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#define PURE [[gnu::pure]] [[gnu::__no_sanitize_thread__]] [[gnu::noinline]]

namespace async_spinner {
namespace {

PURE bool get(const volatile bool& flag) { return flag; }
[[gnu::no_sanitize_thread, gnu::noinline]] void put(volatile bool& flag) { flag = true; }

struct FlagEvent : Event {
  volatile bool flag = false;
  void set() override { put(flag); }
  bool is_set() const override { return get(flag); }
  void wait() override {
    while (!get(flag)) syscall(SYS_sched_yield);
  }
  bool wait_for(Duration timeout) override {
    const Instant until = std::chrono::steady_clock::now() + timeout;
    while (!get(flag) && std::chrono::steady_clock::now() < until) syscall(SYS_sched_yield);
    return get(flag);
  }
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<FlagEvent>(); }
Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  FlagEvent stop;
  std::jthread thread([&] {
    int frame = 0;
    for (; !stop.is_set(); ++frame) {
      terminal.draw("|/-\\"[frame % 4]);
      stop.wait_for(interval);
    }
    if (frame > 0) terminal.clear();
  });
  struct Stop {
    FlagEvent& stop;
    ~Stop() { stop.set(); }
  } at_end{stop};
  return operation();
}
std::unique_ptr<EventLoop> make_loop(Clock&) { throw std::logic_error("no loop"); }
Task<void> spin(EventLoop&, Terminal&, Duration) { co_return; }
Task<Result> with_task_spinner(EventLoop&, Terminal&, Duration, Task<Result> operation) {
  co_return co_await std::move(operation);
}

}  // namespace async_spinner
