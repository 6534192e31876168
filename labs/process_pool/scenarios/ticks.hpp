// A signal every two milliseconds in the caller's process, which interrupts what it is blocked in.
#pragma once

#include <signal.h>
#include <sys/time.h>

#include <atomic>

namespace scenarios {

// Calls `handler` for each tick until destroyed. `flags` as for sigaction: SA_RESTART lets system calls go on
// after it, 0 makes them return early. Timers are not inherited by fork(), so workers get no ticks. One
// object at a time.
class Ticks {
 public:
  Ticks(void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    ::sigaction(SIGALRM, &action, &previous_);
    set_interval(2'000);
  }
  Ticks(const Ticks&) = delete;
  Ticks& operator=(const Ticks&) = delete;
  ~Ticks() {
    set_interval(0);
    ::sigaction(SIGALRM, &previous_, nullptr);
  }

 private:
  static void set_interval(int microseconds) {
    const itimerval interval{{0, microseconds}, {0, microseconds}};
    ::setitimer(ITIMER_REAL, &interval, nullptr);
  }
  struct sigaction previous_ {};
};

}  // namespace scenarios
