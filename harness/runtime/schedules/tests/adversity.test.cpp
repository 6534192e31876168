// Goal: each kind of injected adversity finds the bug it exists for, and nothing where there is none. Method:
// programs that are right as long as nothing unusual happens, searched exhaustively: without a budget they
// give no finding, with a budget of one they give theirs; their right versions survive a budget of two.
#include <doctest/doctest.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "exhaustive.hpp"
#include "explore.hpp"

using namespace racecourse::schedules;
using namespace std::chrono_literals;

namespace {

// The kinds of findings, one after the other.
template <class Body>
std::string found(Body body, Adversity adversity) {
  Options options;
  options.executions_max = 20'000;
  options.findings_max = 8;
  options.world_modules = {};
  options.adversity = adversity;
  Exhaustive strategy({2, true});
  const Summary summary = explore(body, strategy, options);
  CHECK(summary.exhaustive);
  std::string kinds;
  for (const Finding& finding : summary.findings) {
    CHECK(finding.verified);
    kinds += std::string(kinds.empty() ? "" : " ") + std::string(to_text(finding.kind));
  }
  return kinds;
}

void require(bool holds, const char* sentence) {
  if (!holds) report_failure(FindingKind::wrong_outcome, sentence);
}

Adversity timeouts(std::uint32_t count) { return {.early_timeouts = count}; }
Adversity wakeups(std::uint32_t count) { return {.spurious_wakeups = count}; }
Adversity weak(std::uint32_t count) { return {.weak_failures = count}; }
Adversity creations(std::uint32_t count) { return {.creation_failures = count}; }

}  // namespace

TEST_CASE("a spurious wake-up finds a wait without a loop") {
  const auto program = [](bool loop) {
    return [loop] {
      std::mutex mutex;
      std::condition_variable condition;
      bool ready = false;
      std::thread waiter([&] {
        std::unique_lock lock(mutex);
        if (loop) {
          while (!ready) condition.wait(lock);
        } else if (!ready) {
          condition.wait(lock);
        }
        require(ready, "the waiter goes on when it may");
      });
      {
        const std::lock_guard guard(mutex);
        ready = true;
        condition.notify_one();
      }
      waiter.join();
    };
  };
  CHECK(found(program(false), {}).empty());
  CHECK(found(program(false), wakeups(1)) == "wrong_outcome");
  CHECK(found(program(true), wakeups(2)).empty());
}

TEST_CASE("a spurious wake-up in the middle of a wait finds a timeout that starts again") {
  using std::chrono::seconds;
  using std::chrono::steady_clock;
  const auto program = [](bool starts_again) {
    return [starts_again] {
      std::mutex mutex;
      std::condition_variable condition;
      std::thread clock([] { std::this_thread::sleep_for(seconds(1)); });
      const auto begin = steady_clock::now();
      std::unique_lock lock(mutex);
      auto deadline = begin + seconds(2);
      while (condition.wait_until(lock, deadline) != std::cv_status::timeout)
        if (starts_again) deadline = steady_clock::now() + seconds(2);
      require(steady_clock::now() - begin == seconds(2), "the wait is as long as it was to be");
      clock.join();
    };
  };
  CHECK(found(program(true), {}).empty());
  CHECK(found(program(true), wakeups(1)) == "wrong_outcome");
  CHECK(found(program(false), wakeups(2)).empty());
}

TEST_CASE("a weak compare-exchange that fails finds who takes its success for granted") {
  const auto program = [](bool loop) {
    return [loop] {
      std::atomic<int> value = 0;
      std::thread adder([&] {
        int seen = value.load();
        while (!value.compare_exchange_weak(seen, seen + 1) && loop) {
        }
      });
      adder.join();
      require(value.load() == 1, "the only thread that adds has added");
    };
  };
  CHECK(found(program(false), {}).empty());
#ifdef __clang__
  // clang tells the runtime of a strong one.
  CHECK(found(program(false), weak(1)).empty());
#else
  CHECK(found(program(false), weak(1)) == "wrong_outcome");
#endif
  CHECK(found(program(true), weak(2)).empty());
}

TEST_CASE("an early timeout finds who takes it for the event") {
  const auto program = [](bool looks) {
    return [looks] {
      std::mutex mutex;
      std::condition_variable condition;
      bool ready = false;
      std::thread setter([&] {
        const std::lock_guard guard(mutex);
        ready = true;
        condition.notify_one();
      });
      {
        std::unique_lock lock(mutex);
        if (looks) {
          while (!condition.wait_for(lock, 1h, [&] { return ready; })) {
          }
        } else {
          condition.wait_for(lock, 1h, [&] { return ready; });
        }
        require(ready, "an hour is enough");
      }
      setter.join();
    };
  };
  CHECK(found(program(false), {}).empty());
  CHECK(found(program(false), timeouts(1)) == "wrong_outcome");
  CHECK(found(program(true), timeouts(2)).empty());
}

TEST_CASE("an early timeout finds who lets sleep stand for synchronisation") {
  const auto body = [] {
    std::atomic<bool> done = false;
    std::thread worker([&] { done = true; });
    std::this_thread::sleep_for(100ms);
    require(done.load(), "the worker is done by now");
    worker.join();
  };
  CHECK(found(body, {}).empty());
  CHECK(found(body, timeouts(1)) == "wrong_outcome");
}

TEST_CASE("a thread that cannot be created finds who does not expect it") {
  const auto nobody_catches = [] {
    std::thread only([] {});
    only.join();
  };
  CHECK(found(nobody_catches, {}).empty());
  CHECK(found(nobody_catches, creations(1)) == "uncaught_exception");
  // The exception leaves behind a thread that nobody joins.
  const auto leaves_one_behind = [] {
    try {
      std::thread first([] {});
      std::thread second([] {});
      first.join();
      second.join();
    } catch (const std::system_error&) {
    }
  };
  CHECK(found(leaves_one_behind, {}).empty());
  CHECK(found(leaves_one_behind, creations(1)) == "thread_leak");
  const auto ignores_the_result = [] {
    std::atomic<int> worked = 0;
    pthread_t thread{};
    pthread_create(
        &thread, nullptr,
        [](void* count) -> void* {
          static_cast<std::atomic<int>*>(count)->store(1);
          return nullptr;
        },
        &worked);
    pthread_join(thread, nullptr);
    require(worked.load() == 1, "the work is done");
  };
  CHECK(found(ignores_the_result, {}).empty());
  CHECK(found(ignores_the_result, creations(1)) == "wrong_outcome");
}

TEST_CASE("whoever is prepared for a thread that cannot be created survives it") {
  const auto works_itself = [] {
    std::atomic<int> worked = 0;
    const auto work = [&] { worked.fetch_add(1); };
    std::thread other;
    try {
      other = std::thread(work);
    } catch (const std::system_error& error) {
      require(error.code() == std::errc::resource_unavailable_try_again, "the error says why");
      work();
    }
    if (other.joinable()) other.join();
    require(worked.load() == 1, "the work is done once");
  };
  CHECK(found(works_itself, creations(2)).empty());
  const auto falls_back = [] {
    // With both policies std::async itself falls back to working later.
    std::future<int> result = std::async([] { return 7; });
    require(result.get() == 7, "the result is there");
  };
  CHECK(found(falls_back, creations(2)).empty());
}

TEST_CASE("a budget is kept") {
  // Survives one spurious wake-up, not two.
  const auto body = [] {
    std::mutex mutex;
    std::condition_variable condition;
    bool ready = false;
    std::thread waiter([&] {
      std::unique_lock lock(mutex);
      for (int i = 0; i < 2 && !ready; ++i) condition.wait(lock);
      require(ready, "the waiter goes on when it may");
    });
    {
      const std::lock_guard guard(mutex);
      ready = true;
      condition.notify_one();
    }
    waiter.join();
  };
  CHECK(found(body, wakeups(1)).empty());
  CHECK(found(body, wakeups(2)) == "wrong_outcome");
}
