// Goal: run_on_threads keeps no state outside the call. Method: a job calls it too; two threads call it at
// once, in every interleaving.
#include <array>
#include <atomic>
#include <vector>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

using Calls = std::vector<std::atomic<int>>;

bool each_called(const Calls& calls, int times) {
  for (const auto& count : calls)
    if (count.load() != times) return false;
  return true;
}

// A job of one call makes another.
bool nested(std::size_t threads, std::size_t outer_jobs, std::size_t inner_jobs) {
  Calls outer(outer_jobs);
  Calls inner(inner_jobs);
  race_counter::run_on_threads(threads, outer.size(), [&](std::size_t job) {
    if (job >= outer.size()) return;
    outer[job].fetch_add(1, std::memory_order_relaxed);
    race_counter::run_on_threads(threads, inner.size(), [&](std::size_t part) {
      if (part < inner.size()) inner[part].fetch_add(1, std::memory_order_relaxed);
    });
  });
  return each_called(outer, 1) && each_called(inner, static_cast<int>(outer_jobs));
}

void two_callers() {
  std::array<Calls, 2> calls = {Calls(2), Calls(2)};
  crowd::at_once(2, [&](std::size_t caller) {
    Calls& mine = calls[caller];
    race_counter::run_on_threads(1, mine.size(), [&](std::size_t job) {
      if (job < mine.size()) mine[job].fetch_add(1, std::memory_order_relaxed);
    });
  });
  CHECK_MESSAGE(
      (each_called(calls[0], 1) && each_called(calls[1], 1)),
      "Two threads called run_on_threads at the same time: every job of both calls must be called once.");
}

}  // namespace

RACECOURSE_SCENARIO(calls_do_not_disturb_each_other) {
  auto& in = racecourse::inputs();
  const auto outer_jobs = static_cast<std::size_t>(in.between(2, 3));
  CHECK_MESSAGE((nested(1, outer_jobs, 3) && nested(2, 1, 2)),
                "A job called run_on_threads itself: every job of both calls must be called once.");
  two_callers();
}
