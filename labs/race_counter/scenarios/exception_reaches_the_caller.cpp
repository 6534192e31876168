// Goal: what a job throws, the caller of run_on_threads catches. Method: one job throws a type of its own;
// for ThreadSanitizer two jobs throw at the same time, again and again.
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Two jobs throw in two threads, if there are two. Returns whether there were. Only relaxed atomics: an order
// between the threads would hide a race from ThreadSanitizer.
bool two_fail_at_once() {
  std::atomic<int> begun{0};
  std::atomic<bool> alone{false};
  try {
    race_counter::run_on_threads(2, 2, [&](std::size_t) {
      begun.fetch_add(1, std::memory_order_relaxed);
      if (!crowd::await_at_most(std::chrono::milliseconds(500),
                                [&] { return begun.load(std::memory_order_relaxed) == 2; }))
        alone.store(true, std::memory_order_relaxed);
      throw Failure("at once");
    });
  } catch (...) {
    // What comes out is the correctness run's matter.
  }
  return !alone.load(std::memory_order_relaxed);
}

}  // namespace

RACECOURSE_SCENARIO(exception_reaches_the_caller) {
  if (racecourse::under_tsan()) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    for (int i = 0; i < 20 && two_fail_at_once() && std::chrono::steady_clock::now() < end; ++i) {
    }
    return;
  }
  auto& in = racecourse::inputs();
  const std::string reason = in.word(10);
  const auto jobs = static_cast<std::size_t>(in.between(5, 12));
  const auto failing = static_cast<std::size_t>(in.between(0, 4));
  std::string caught;
  try {
    race_counter::run_on_threads(3, jobs, [&](std::size_t job) {
      if (job == failing) throw Failure(reason);
    });
  } catch (const Failure& failure) {
    caught = failure.what();
  }
  CHECK_MESSAGE(caught == reason,
                "A job threw an exception: run_on_threads must throw that very exception to its caller.");
  int thrown = 0;
  try {
    race_counter::run_on_threads(2, 4, [](std::size_t job) {
      if (job == 2) throw 42;
    });
  } catch (int number) {
    thrown = number;
  }
  CHECK_MESSAGE(thrown == 42,
                "A job threw an int: run_on_threads must throw it to its caller; any type may be thrown.");
  bool refused = false;
  try {
    race_counter::run_on_threads(0, jobs, [](std::size_t) {});
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  CHECK_MESSAGE(refused, "run_on_threads with 0 threads must throw std::invalid_argument.");
}
