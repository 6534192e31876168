// Goal: what starvation.hpp and lock_free.hpp say, at their limits. Method: small programs, searched
// exhaustively where that is possible, with the limit on either side of what they do.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>

#include "exhaustive.hpp"
#include "explore.hpp"
#include "random_walk.hpp"
#include "sleep_sets.hpp"

using namespace racecourse::schedules;

namespace {

Options small() {
  Options options;
  options.executions_max = 50'000;
  options.steps_max = 2'000;
  options.world_modules = {};
  return options;
}

void run_two(auto work) {
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
}

void count_without_locks() {
  std::atomic<int> count = 0;
  run_two([&] {
    const LockFreeScope scope;
    int seen = count.load();
    while (!count.compare_exchange_strong(seen, seen + 1)) {
    }
  });
  observe("count", std::to_string(count.load()));
}

void count_with_a_spin_lock() {
  std::atomic<bool> locked = false;
  int count = 0;
  run_two([&] {
    const LockFreeScope scope;
    while (locked.exchange(true)) {
    }
    ++count;
    locked.store(false);
  });
  observe("count", std::to_string(count));
}

void proves_lock_freedom(Strategy& strategy) {
  const Summary summary = explore(count_without_locks, strategy, small());
  CHECK(summary.exhaustive);
  CHECK(summary.findings.empty());
  // A stopped thread goes on in the end, so every execution has the outcome of an ordinary one.
  CHECK(summary.outcomes.size() == 1);
  CHECK(summary.outcomes.contains("count=2"));
}

// Two readers relay, so that one is always inside; the writer waits for ever.
void starve_a_writer() {
  std::shared_mutex mutex;
  std::atomic<int> entered = 0;
  const auto read = [&](int reader) {
    for (int turn = reader;; turn += 2) {
      while (entered < turn) std::this_thread::yield();
      const std::shared_lock lock(mutex);
      ++entered;
      while (entered < turn + 2) std::this_thread::yield();
    }
  };
  std::thread first(read, 0);
  std::thread second(read, 1);
  while (entered == 0) std::this_thread::yield();
  mutex.lock();
}

Finding starvation_with(std::uint32_t bypasses_max, std::uint64_t& steps) {
  Options options = small();
  options.steps_max = 20'000;
  options.executions_max = 1;
  options.minimise_executions_max = 0;
  options.bypasses_max = bypasses_max;
  RandomWalk strategy(1);
  const Summary summary = explore(starve_a_writer, strategy, options);
  steps = summary.steps;
  REQUIRE(summary.findings.size() == 1);
  return summary.findings[0];
}

}  // namespace

TEST_CASE("a counter without locks is proved lock-free") {
  Exhaustive bounded({2, true});
  proves_lock_freedom(bounded);
  SleepSets unbounded;
  proves_lock_freedom(unbounded);
}

TEST_CASE("a spin lock is not lock-free, which only a stopped thread shows") {
  for (const std::uint32_t stopped : {0u, 1u}) {
    CAPTURE(stopped);
    Options options = small();
    options.adversity.stopped_threads = stopped;
    Exhaustive strategy({1, true});
    const Summary summary = explore(count_with_a_spin_lock, strategy, options);
    CHECK(summary.findings.size() == stopped);
    if (stopped == 0) continue;
    CHECK(summary.findings[0].kind == FindingKind::not_lock_free);
    CHECK(summary.findings[0].verified);
    CHECK(summary.findings[0].places.size() == 2);
  }
}

TEST_CASE("a thread is stopped inside an operation only") {
  // The same lock outside of any scope: there is no such choice, and no finding.
  const auto body = [] {
    std::atomic<bool> locked = false;
    run_two([&] {
      { const LockFreeScope scope; }
      while (locked.exchange(true)) {
      }
      locked.store(false);
    });
  };
  Exhaustive strategy({1, true});
  CHECK(explore(body, strategy, small()).findings.empty());
}

TEST_CASE("starvation is told after as many bypasses as the limit says, beyond the fair start") {
  std::uint64_t early = 0;
  std::uint64_t late = 0;
  std::uint64_t never = 0;
  CHECK(starvation_with(1, early).kind == FindingKind::starvation);
  CHECK(starvation_with(100, late).kind == FindingKind::starvation);
  CHECK(early > 20'000);
  CHECK(late > early);
  CHECK(late < 40'000);
  // With no limit it is told when the fair budget is used up, since the readers got on and the writer did
  // not.
  CHECK(starvation_with(1'000'000, never).kind == FindingKind::starvation);
  CHECK(never >= 40'000);
}

TEST_CASE("a loop in which nobody gets on is a livelock and no starvation") {
  const auto body = [] {
    std::mutex mutex;
    bool done = false;
    run_two([&] {
      for (bool seen = false; !seen;) {
        const std::lock_guard guard(mutex);
        seen = done;
      }
    });
  };
  Options options = small();
  options.executions_max = 1;
  RandomWalk strategy(1);
  const Summary summary = explore(body, strategy, options);
  REQUIRE(summary.findings.size() == 1);
  CHECK(summary.findings[0].kind == FindingKind::livelock);
}
