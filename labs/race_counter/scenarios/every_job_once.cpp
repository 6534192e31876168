// Goal: run_on_threads calls the job once for every number, no more of them at a time than it has threads,
// and the caller sees what the jobs wrote. Method: two threads and few jobs, in every interleaving; many of
// both for ThreadSanitizer.
#include <algorithm>
#include <atomic>
#include <vector>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

// Relaxed: an order that the scenario makes between the threads would hide races.
void call_once(std::size_t threads, std::size_t jobs) {
  std::vector<std::atomic<int>> calls(jobs);
  std::vector<std::size_t> results(jobs, 0);
  std::atomic<bool> no_such_job{false};
  race_counter::run_on_threads(threads, jobs, [&](std::size_t job) {
    if (job >= jobs) {
      no_such_job.store(true, std::memory_order_relaxed);
      return;
    }
    calls[job].fetch_add(1, std::memory_order_relaxed);
    results[job] = job + 1;
  });
  // The race is ThreadSanitizer's finding; whether a job was also called twice this time would be luck.
  if (racecourse::under_tsan()) return;
  bool not_called = false;
  bool called_twice = false;
  bool result_missing = false;
  for (std::size_t job = 0; job < jobs; ++job) {
    const int count = calls[job].load(std::memory_order_relaxed);
    not_called |= count == 0;
    called_twice |= count > 1;
    result_missing |= count == 1 && results[job] != job + 1;
  }
  CHECK_MESSAGE(!not_called, "A job was not called before run_on_threads returned.");
  CHECK_MESSAGE(!called_twice, "A job was called more than once.");
  CHECK_MESSAGE(!no_such_job.load(), "The job was called with a number that is not below `jobs`.");
  CHECK_MESSAGE(!result_missing, "What a job wrote must be visible when run_on_threads returns.");
}

bool two_ran_on_one_thread() {
  std::atomic<int> running{0};
  std::atomic<bool> overlap{false};
  race_counter::run_on_threads(1, 2, [&](std::size_t) {
    if (running.fetch_add(1, std::memory_order_relaxed) != 0) overlap.store(true, std::memory_order_relaxed);
    running.fetch_sub(1, std::memory_order_relaxed);
  });
  return overlap.load();
}

}  // namespace

RACECOURSE_SCENARIO(every_job_once) {
  if (racecourse::under_tsan()) {
    // That nothing races is worth a point only where something is called.
    std::vector<std::atomic<bool>> called(static_cast<std::size_t>(2 * racecourse::inputs().between(3, 9)));
    race_counter::run_on_threads(2, called.size(), [&](std::size_t job) {
      if (job < called.size()) called[job].store(true, std::memory_order_relaxed);
    });
    const bool all_called =
        std::all_of(called.begin(), called.end(), [](const auto& each) { return each.load(); });
    CHECK_MESSAGE(all_called, "A job was not called before run_on_threads returned.");
    for (int i = 0; i < 4; ++i)
      call_once(5, static_cast<std::size_t>(racecourse::inputs().between(100, 200)));
    return;
  }
  call_once(2, 0);
  call_once(1, 3);
  call_once(3, 2);
  call_once(2, 3);
  CHECK_MESSAGE(
      !two_ran_on_one_thread(),
      "With one thread, two jobs ran at the same time: at most `threads` jobs may, whether the calling "
      "thread works too or not.");
}
