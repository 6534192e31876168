// Threads that act together, for the scenarios of race_counter. Used by the scenario's main thread.
//
// crowd() starts threads at one line and joins them; pound() makes two threads do the same step at the same
// instant, round after round, so that a step which is not atomic is certain to be caught in the middle; a
// Meeting does that for threads of the student's; await() waits for an event. An exception in one thread ends
// the others' waiting and reaches the caller.
//
// Why pound() is not a matter of luck: before every round the two threads make sure that both are running, on
// different cores, and leave within about a hundred nanoseconds of each other. Each round is then a trial of
// its own, and there are thousands; on a machine that is busy with other things, still hundreds.
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

// Two threads that set off at the same instant, again and again.
class Pair {
 public:
  // To be called by both, as thread 0 and 1. Returns true in both within about a hundred nanoseconds, both
  // running on cores of their own, also on a busy machine as a rule; false if the line was opened for good.
  bool set_off(int thread) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (!pass_the_line(thread == 0)) return false;
      if (together_.load(std::memory_order_relaxed)) break;
      wake_together(thread);
    }
    return line_.arrive();
  }
  bool arrive() { return line_.arrive(); }
  void open_for_good() { line_.open_for_good(); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr int kAttemptsMax = 4;

  // Both pass the line twice; if the second time was quick, both must have been running.
  bool pass_the_line(bool leader) {
    line_.arrive();
    const auto start = Clock::now();
    line_.arrive();
    if (leader)
      together_.store(Clock::now() - start < std::chrono::microseconds(3), std::memory_order_relaxed);
    return line_.arrive();
  }

  // Both sleep until the same instant on different cores. On a busy machine a thread that has slept is let in
  // at once, one that has waited in a loop is not.
  void wake_together(int thread) {
    if (thread == 0) instant_ = Clock::now() + std::chrono::microseconds(300);
    const cpu_set_t allowed = allowed_cores();
    stay_on_core(thread);
    line_.arrive();
    std::this_thread::sleep_until(instant_);
    allow_cores(allowed);
  }

  std::atomic<bool> together_{false};
  Clock::time_point instant_;
  Line line_{2};
};

// A place where two jobs meet and leave together: for jobs whose threads are the student's, so that nobody
// can be sure that two come. An order between the two threads is made; not for ThreadSanitizer.
class Meeting {
 public:
  // Returns true if another came, and then at the same instant as in the other; false if nobody came for
  // `patience`, and at once for the third and later ones.
  bool attend(std::chrono::milliseconds patience) {
    const int ticket = came_.fetch_add(1);
    if (ticket >= 2) return false;
    if (ticket == 0) {
      await_at_most(patience, [&] { return came_.load() >= 2; });
      // Gives up only while it is still alone; whoever comes later has a ticket beyond the second.
      int alone = 1;
      if (came_.compare_exchange_strong(alone, 2)) return false;
    }
    return pair_.set_off(ticket);
  }

 private:
  std::atomic<int> came_{0};
  Pair pair_;
};

// Runs body(thread, line) on `threads` threads, which begin when all exist, and joins them. The line is for
// the bodies: it opens for good when one of them throws. After the start there is no synchronisation but
// theirs and the student's.
template <class Body, class MeetingPlace>
void crowd_at(MeetingPlace& place, int threads, Body body) {
  Line start(threads);
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(threads));
  std::vector<std::thread> members;
  for (int i = 0; i < threads; ++i) {
    members.emplace_back([&, i] {
      start.arrive();
      try {
        body(i, place);
      } catch (...) {
        errors[static_cast<std::size_t>(i)] = std::current_exception();
        place.open_for_good();
      }
    });
  }
  for (std::thread& member : members) member.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}
template <class Body>
void crowd(int threads, Body body) {
  Line line(threads);
  crowd_at(line, threads, body);
}

// Runs up to `rounds` rounds. In each, two threads set off together and call act(0) and act(1); when both are
// done, judge() says in one of them, alone, whether the round went right. Stops after the first that did not,
// and when many rounds have taken long: on a busy machine a right solution that spins and yields can need ten
// milliseconds for a round. Returns whether all rounds went right.
template <class Act, class Judge>
bool pound(int rounds, Act act, Judge judge) {
  constexpr int kRoundsMin = 100;
  constexpr std::chrono::milliseconds kLong{900};
  const auto start = std::chrono::steady_clock::now();
  bool right = true;
  Pair both;
  crowd_at(both, 2, [&](int thread, Pair& pair) {
    stay_on_core(thread);
    for (int round = 0; round < rounds; ++round) {
      if (!pair.set_off(thread)) return;
      act(thread);
      if (!pair.arrive()) return;
      if (thread != 0) continue;
      right = judge();
      const bool slow = round >= kRoundsMin && std::chrono::steady_clock::now() - start > kLong;
      if (!right || slow) pair.open_for_good();
    }
  });
  return right;
}

}  // namespace crowd
