// The lab, right, around the attacks of this folder; test_hostile.py puts it beside each of them. An attack costs its
// own scenario and no other, so the rest of its grade shows that the grading of everything else was not disturbed.
//
// A program defines attack(). It is called once a grade: when bounded_counter_rules, under `correctness`, asks for a
// counter with a negative limit. If it returns true, the attack has succeeded, and the scenario gets its right answer:
// a wall that does not hold shows in the points. If it returns false, the scenario ends with `wrong_outcome`. A program
// that defines ATTACK_EVERY_COUNTER attacks at each make_counter() instead, so also under ThreadSanitizer.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "race_counter.hpp"

bool attack();

// A system call that no gate knows: its number is not in the text. What is examined here is the walls.
template <class... Arguments>
long ask_kernel(long number, Arguments... arguments) {
  long volatile hidden = number;
  return ::syscall(hidden, arguments...);
}

// Runs `life` in a child of this process; the child's number.
template <class Life>
long in_a_child(Life life) {
  const long child = ask_kernel(SYS_fork);
  if (child == 0) {
    life();
    ::_exit(0);
  }
  return child;
}

namespace race_counter {

struct RightCounter final : Counter {
  void increment() override { value_.fetch_add(1); }
  std::int64_t value() const override { return value_.load(); }
  std::atomic<std::int64_t> value_{0};
};

struct RightBounded final : BoundedCounter {
  explicit RightBounded(std::int64_t limit) : limit_(limit) {}
  bool step_unless_at(std::int64_t end, std::int64_t step) {
    const std::scoped_lock lock(mutex_);
    if (value_ == end) return false;
    value_ += step;
    return true;
  }
  bool try_increment() override { return step_unless_at(limit_, 1); }
  bool try_decrement() override { return step_unless_at(0, -1); }
  std::int64_t value() const override {
    const std::scoped_lock lock(mutex_);
    return value_;
  }
  mutable std::mutex mutex_;
  std::int64_t limit_;
  std::int64_t value_ = 0;
};

struct RightDocument final : Document {
  explicit RightDocument(std::string text) : now_{std::move(text), 1} {}
  Snapshot read() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  bool try_save(std::uint64_t base, const std::string& text) override {
    const std::scoped_lock lock(mutex_);
    if (base != now_.version) return false;
    now_ = {text, base + 1};
    return true;
  }
  std::uint64_t edit(const std::function<std::string(const std::string&)>& change) override {
    for (;;) {
      const Snapshot base = read();
      if (try_save(base.version, change(base.text))) return base.version + 1;
    }
  }
  mutable std::mutex mutex_;
  Snapshot now_;
};

std::unique_ptr<Counter> make_counter() {
#ifdef ATTACK_EVERY_COUNTER
  (void)attack();
#endif
  return std::make_unique<RightCounter>();
}

std::unique_ptr<BoundedCounter> make_bounded_counter(std::int64_t limit) {
#ifdef ATTACK_EVERY_COUNTER
  if (limit < 0) throw std::invalid_argument("limit");
#else
  if (limit < 0 && attack()) throw std::invalid_argument("limit");
#endif
  return std::make_unique<RightBounded>(limit);
}

std::unique_ptr<Document> make_document(std::string text) { return std::make_unique<RightDocument>(std::move(text)); }

void run_on_threads(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  if (threads == 0) throw std::invalid_argument("threads");
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed = jobs;
  std::exception_ptr error;
  {
    std::vector<std::jthread> crew;
    for (std::size_t t = 0; t < threads && t < jobs; ++t)
      crew.emplace_back([&] {
        for (std::size_t i = next++; i < jobs; i = next++) {
          try {
            job(i);
          } catch (...) {
            const std::scoped_lock lock(mutex);
            if (i < failed) error = std::current_exception();
            if (i < failed) failed = i;
          }
        }
      });
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace race_counter
