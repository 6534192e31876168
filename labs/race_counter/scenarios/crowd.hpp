// Threads that act together, for the scenarios of race_counter. Used by the scenario's main thread.
//
// Three tools: crowd() starts threads at one line and joins them; pound() makes two threads do the same step
// at the same instant, round after round, so that a step which is not atomic is certain to be caught in the
// middle; await() waits for an event. An exception in one thread ends the others' waiting and reaches the
// caller.
//
// Why pound() is not a matter of luck: the threads meet at a spinning line before every round and sit on
// different cores, so they leave it within about a hundred nanoseconds of each other, on a loaded machine
// too: a thread that lost its core is waited for. Each round is then a trial of its own, and there are
// thousands.
#pragma once

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>
#include <vector>

namespace crowd {

inline void rest_a_moment() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// One turn of a waiting loop: spins at first, then sleeps, longer and longer, so that a scenario which hangs
// because of the student is seen to be blocked and burns no core.
class Patience {
 public:
  void wait() {
    if (spins_ < kSpinsMax) {
      ++spins_;
      rest_a_moment();
    } else {
      std::this_thread::sleep_for(sleep_);
      sleep_ = std::min(sleep_ + sleep_ / 8, kSleepMax);
    }
  }

 private:
  // About 0.2 ms: longer than a step of a student, shorter than a time slice.
  static constexpr int kSpinsMax = 5000;
  static constexpr std::chrono::microseconds kSleepMax{5000};
  int spins_ = 0;
  std::chrono::microseconds sleep_{100};
};

// Returns when `event` is true. Whoever makes it true must do so whatever the student's code does, or the
// scenario must mean to hang when it does not.
template <class Event>
void await(Event event) {
  for (Patience patience; !event(); patience.wait()) {
  }
}

// Returns when `event` is true, or after a short while anyway: for a meeting that a right solution may make
// impossible (with a lock, say), and on which no verdict depends.
template <class Event>
void await_shortly(Event event) {
  for (int turn = 0; turn < 2000 && !event(); ++turn) rest_a_moment();
}

// Waits for `event`, but for an event that only a right solution brings about: no longer than `patience`.
// Returns whether it came. Makes no order between threads if `event` makes none.
template <class Event>
bool await_at_most(std::chrono::milliseconds patience, Event event) {
  const auto end = std::chrono::steady_clock::now() + patience;
  bool came = false;
  await([&] { return (came = event()) || std::chrono::steady_clock::now() > end; });
  return came;
}

// A line at which a fixed number of threads meet, again and again.
class Line {
 public:
  explicit Line(int threads) : threads_(threads) {}

  // Returns true when all have arrived, false if the line was opened for good.
  bool arrive() {
    const unsigned phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
    } else {
      await([&] { return phase_.load(std::memory_order_acquire) != phase || open_.load(); });
    }
    return !open_.load();
  }
  // Nobody waits here any more.
  void open_for_good() { open_.store(true); }

 private:
  const int threads_;
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> phase_{0};
  std::atomic<bool> open_{false};
};

// Where the calling thread may run.
inline cpu_set_t allowed_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  (void)::pthread_getaffinity_np(::pthread_self(), sizeof allowed, &allowed);
  return allowed;
}
inline void allow_cores(const cpu_set_t& cores) {
  (void)::pthread_setaffinity_np(::pthread_self(), sizeof cores, &cores);
}

// Keeps the calling thread on the `index`-th of the cores that it may use. Where that is not permitted, the
// scheduler places the threads, usually as well.
inline void stay_on_core(int index) {
  const cpu_set_t allowed = allowed_cores();
  if (CPU_COUNT(&allowed) == 0) return;
  int left = index % CPU_COUNT(&allowed);
  for (std::size_t core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed) || left-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    allow_cores(one);
    return;
  }
}

// A place where two jobs meet and leave together, both running at that moment: for jobs whose threads are the
// student's, so that nobody can be sure that two come. An order between the two threads is made; not for
// ThreadSanitizer.
class Meeting {
 public:
  // Returns true if another came, and then within about a hundred nanoseconds of its return; false if nobody
  // came for `patience`, and at once for the third and later ones.
  bool attend(std::chrono::milliseconds patience) {
    const int ticket = came_.fetch_add(1);
    if (ticket >= 2) return false;
    if (ticket == 0) {
      await_at_most(patience, [&] { return came_.load() >= 2; });
      // Gives up only while it is still alone; whoever comes later has a ticket beyond the second.
      int alone = 1;
      if (came_.compare_exchange_strong(alone, 2)) return false;
    }
    for (int attempt = 0; attempt < kAttemptsMax && !leave_together(ticket == 0); ++attempt)
      wake_together(ticket);
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr int kAttemptsMax = 5;

  // Passes the line a few times; true if the last time was so quick that both must have been running.
  bool leave_together(bool leader) {
    Clock::duration last{};
    for (int i = 0; i < 4; ++i) {
      const auto start = Clock::now();
      line_.arrive();
      last = Clock::now() - start;
    }
    if (leader) together_.store(last < std::chrono::microseconds(3));
    line_.arrive();
    return together_.load();
  }

  // Both sleep until the same instant on different cores. On a busy machine a thread that has slept is let in
  // at once, one that has waited in a loop is not.
  void wake_together(int ticket) {
    if (ticket == 0) instant_ = Clock::now() + std::chrono::microseconds(300);
    const cpu_set_t allowed = allowed_cores();
    stay_on_core(ticket);
    line_.arrive();
    std::this_thread::sleep_until(instant_);
    allow_cores(allowed);
  }

  std::atomic<int> came_{0};
  std::atomic<bool> together_{false};
  Clock::time_point instant_;
  Line line_{2};
};

// Runs body(thread, line) on `threads` threads, which begin when all exist, and joins them. The line is for
// the bodies: it opens for good when one of them throws. After the start there is no synchronisation but
// theirs and the student's.
template <class Body>
void crowd(int threads, Body body) {
  Line start(threads);
  Line line(threads);
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(threads));
  std::vector<std::thread> members;
  for (int i = 0; i < threads; ++i) {
    members.emplace_back([&, i] {
      start.arrive();
      try {
        body(i, line);
      } catch (...) {
        errors[static_cast<std::size_t>(i)] = std::current_exception();
        line.open_for_good();
      }
    });
  }
  for (std::thread& member : members) member.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

// Runs up to `rounds` rounds. In each, two threads leave the line together and call act(0) and act(1); when
// both are done, judge() says in one of them, alone, whether the round went right. Stops after the first that
// did not, and when many rounds have taken long: on a busy machine a right solution that spins and yields can
// need ten milliseconds for a round. Returns whether all rounds went right.
template <class Act, class Judge>
bool pound(int rounds, Act act, Judge judge) {
  constexpr int kRoundsMin = 100;
  constexpr std::chrono::milliseconds kLong{700};
  const auto start = std::chrono::steady_clock::now();
  bool right = true;
  crowd(2, [&](int thread, Line& line) {
    stay_on_core(thread);
    for (int round = 0; round < rounds; ++round) {
      if (!line.arrive()) return;
      act(thread);
      if (!line.arrive()) return;
      if (thread != 0) continue;
      right = judge();
      const bool slow = round >= kRoundsMin && std::chrono::steady_clock::now() - start > kLong;
      if (!right || slow) line.open_for_good();
    }
  });
  return right;
}

}  // namespace crowd
