// Threads that act together, for the scenarios of race_counter. Used by the scenario's main thread.
//
// at_once() is for controlled schedules: a few threads, a step each, in every interleaving. crowd() is for
// real time: many threads that begin at one line, for ThreadSanitizer to watch. A Gate waits for an event;
// waiting threads sleep, so that a scenario which hangs because of the student is seen to be blocked.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace crowd {

// act(0), act(1), … on a thread each, without any order between them; returns when all have ended.
template <class Act>
void at_once(std::size_t threads, Act act) {
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&act, i] { act(i); });
  act(std::size_t{0});
  for (std::thread& other : others) other.join();
}

// Counts events; whoever waits for the `count`-th goes on when it has come. Orders its users.
class Gate {
 public:
  void pass() {
    const std::scoped_lock lock(mutex_);
    ++passed_;
    changed_.notify_all();
  }
  void await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return passed_ >= count; });
  }
  void pass_and_await(std::size_t count) {
    pass();
    await(count);
  }
  [[nodiscard]] std::size_t passed() {
    const std::scoped_lock lock(mutex_);
    return passed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t passed_ = 0;
};

// A line at which a fixed number of threads meet, again and again.
class Line {
 public:
  explicit Line(int threads) : threads_(threads) {}

  // Returns true when all have arrived, false if the line was opened for good.
  bool arrive() {
    const unsigned phase = phase_.load();
    if (arrived_.fetch_add(1) + 1 == threads_) {
      arrived_.store(0);
      phase_.fetch_add(1);
      phase_.notify_all();
    } else {
      phase_.wait(phase);
    }
    return !open_.load();
  }
  // Nobody waits here any more.
  void open_for_good() {
    open_.store(true);
    phase_.fetch_add(1);
    phase_.notify_all();
  }

 private:
  const int threads_;
  std::atomic<int> arrived_{0};
  std::atomic<unsigned> phase_{0};
  std::atomic<bool> open_{false};
};

// Runs body(thread, line) on `threads` threads, which begin when all exist, and joins them. The line is for
// the bodies: it opens for good when one of them throws, and the exception reaches the caller. After the
// start there is no synchronisation but theirs and the student's.
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

}  // namespace crowd
