// Memory that the scenario and the workers share, and ways for tasks to wait for each other in it.
//
// A page is made before the pool, so that workers inherit it. Whoever waits here gives up after kPatience,
// which is hundreds of times what a right solution needs on a busy machine: then a wrong solution gets a
// sentence that explains what did not happen, and nothing stays behind in an endless sleep. Every function
// may be called from any process.
#pragma once

#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <new>

namespace scenarios {

using std::chrono::milliseconds;

inline constexpr milliseconds kPatience{3'000};

// A Page in shared memory. It stays until the process ends.
template <class Page>
Page* make_shared() {
  void* memory = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return new (memory) Page;
}

inline void sleep_for(milliseconds duration) {
  timespec left{duration.count() / 1000, duration.count() % 1000 * 1'000'000};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

// Shut at first. Lives in shared memory.
class Gate {
 public:
  Gate() { ::sem_init(&open_, 1, 0); }
  void open() { ::sem_post(&open_); }
  // Waits until the gate is open; false if it stayed shut.
  bool pass() {
    timespec deadline{};
    ::clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += kPatience.count() / 1000;
    while (::sem_clockwait(&open_, CLOCK_MONOTONIC, &deadline) != 0) {
      if (errno != EINTR) {
        stayed_shut_ = true;
        break;
      }
    }
    ::sem_post(&open_);  // The next one passes too; after one has given up nobody waits any more.
    return !stayed_shut_;
  }
  // Whether somebody has given up waiting.
  bool stayed_shut() const { return stayed_shut_; }

 private:
  sem_t open_;
  std::atomic<bool> stayed_shut_{false};
};

// Where tasks meet: everybody waits until enough are there at the same time. Lives in shared memory.
class Meeting {
 public:
  bool attend(int expected) {
    if (++arrived_ == expected) gate_.open();
    return gate_.pass();
  }

 private:
  std::atomic<int> arrived_{0};
  Gate gate_;
};

// Calls `nudge`, which lets the pool make progress, until `holds`; false if it does not come to that.
template <class Holds, class Nudge>
bool wait_until(Holds holds, Nudge nudge, milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    nudge();
    sleep_for(milliseconds(1));
  }
  return true;
}
template <class Holds>
bool wait_until(Holds holds) {
  return wait_until(holds, [] {});
}

}  // namespace scenarios
