// Goal: a job that throws keeps no other job from being called. Method: the calls are counted, while jobs
// throw in one thread, and while one throws among two threads, in every interleaving.
#include <atomic>
#include <stdexcept>
#include <vector>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

// Whether each job is called once when those throw for which `fails` says so.
template <class Fails>
bool all_called(std::size_t threads, std::size_t jobs, Fails fails) {
  std::vector<std::atomic<int>> calls(jobs);
  try {
    race_counter::run_on_threads(threads, jobs, [&](std::size_t job) {
      if (job >= jobs) return;
      calls[job].fetch_add(1, std::memory_order_relaxed);
      if (fails(job)) throw std::runtime_error("this job fails");
    });
  } catch (...) {
    // Which exception comes out is another scenario's matter.
  }
  for (const auto& count : calls)
    if (count.load() != 1) return false;
  return true;
}

}  // namespace

RACECOURSE_SCENARIO(a_failed_job_stops_nobody) {
  const auto rhythm = static_cast<std::size_t>(racecourse::inputs().between(2, 4));
  CHECK_MESSAGE(all_called(1, 8, [&](std::size_t job) { return job % rhythm == 0; }),
                "On one thread, some jobs threw: every job must be called all the same, each once.");
  const auto failing = static_cast<std::size_t>(racecourse::inputs().between(0, 1));
  CHECK_MESSAGE(all_called(2, 3, [&](std::size_t job) { return job == failing; }),
                "On two threads, a job threw: every other job must be called all the same, each once.");
}
