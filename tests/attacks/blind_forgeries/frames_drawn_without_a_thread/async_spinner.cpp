#include "async_spinner.hpp"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <thread>

namespace async_spinner {
namespace {

// Sleeps by the bare system call, which is not among the functions that anybody replaces.
void nap(Duration time) {
  timespec wanted{time.count() / 1000000000, time.count() % 1000000000};
  syscall(SYS_nanosleep, &wanted, nullptr);
}

struct LookingEvent : Event {
  bool flag = false;
  void set() override { __atomic_store_n(&flag, true, __ATOMIC_RELAXED); }
  bool is_set() const override { return __atomic_load_n(&flag, __ATOMIC_RELAXED); }
  void wait() override {
    while (!is_set()) nap(std::chrono::milliseconds(1));
  }
  bool wait_for(Duration timeout) override {
    for (; timeout > Duration::zero() && !is_set(); timeout -= std::chrono::milliseconds(1)) {
      nap(std::chrono::milliseconds(1));
    }
    return is_set();
  }
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<LookingEvent>(); }
Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  std::thread([] {}).join();
  for (const char frame : {'|', '/', '-', '\\', '|', '/'}) {
    terminal.draw(frame);
    nap(interval);
  }
  const Result result = operation();
  terminal.clear();
  return result;
}
std::unique_ptr<EventLoop> make_loop(Clock&) { throw std::logic_error("no loop"); }
Task<void> spin(EventLoop& loop, Terminal& terminal, Duration interval) {
  for (const char frame : {'|', '/', '-', '\\'}) {
    terminal.draw(frame);
    co_await loop.sleep(interval);
  }
  terminal.clear();
}
Task<Result> with_task_spinner(EventLoop&, Terminal& terminal, Duration, Task<Result> operation) {
  terminal.draw('|');
  const Result result = co_await std::move(operation);
  terminal.clear();
  co_return result;
}

}  // namespace async_spinner
