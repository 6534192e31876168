#include "async_spinner.hpp"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <atomic>
#include <thread>

static std::atomic<long> nanoseconds{0};

extern "C" int clock_gettime(clockid_t, timespec* now) noexcept {
  const long present = nanoseconds.load();
  now->tv_sec = present / 1000000000;
  now->tv_nsec = present % 1000000000;
  return 0;
}
extern "C" int pthread_cond_clockwait(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec* until) {
  nanoseconds = until->tv_sec * 1000000000 + until->tv_nsec;
  return ETIMEDOUT;
}

namespace async_spinner {
namespace {

struct NoEvent : Event {
  bool flag = false;
  void set() override { flag = true; }
  bool is_set() const override { return flag; }
  void wait() override {
    while (!*const_cast<volatile bool*>(&flag)) {
    }
  }
  bool wait_for(Duration timeout) override {
    nanoseconds += timeout.count();
    return flag;
  }
};

}  // namespace

std::unique_ptr<Event> make_event() { return std::make_unique<NoEvent>(); }

Result with_thread_spinner(Terminal& terminal, Duration interval, const std::function<Result()>& operation) {
  NoEvent stop;
  std::thread thread([&] {
    for (int i = 0; !stop.is_set(); ++i) {
      terminal.draw("|/-\\"[i % 4]);
      stop.wait_for(interval);
    }
  });
  const Result result = operation();
  stop.set();
  thread.join();
  terminal.clear();
  return result;
}

std::unique_ptr<EventLoop> make_loop(Clock&) { throw std::logic_error("no loop"); }
Task<void> spin(EventLoop&, Terminal& terminal, Duration) {
  terminal.draw('|');
  co_return;
}
Task<Result> with_task_spinner(EventLoop&, Terminal&, Duration, Task<Result> operation) {
  co_return co_await std::move(operation);
}

}  // namespace async_spinner
