// Goal: a job that throws keeps no other job from being called. Method: the calls are counted, while many
// jobs throw in one thread, and while one throws among several threads.
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
      calls[job].fetch_add(1);
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
  auto& in = racecourse::inputs();
  const auto draw = [&in](std::int64_t low, std::int64_t high) {
    return static_cast<std::size_t>(in.between(low, high));
  };
  const std::size_t jobs = draw(20, 40);
  const std::size_t rhythm = draw(2, 5);
  CHECK_MESSAGE(all_called(1, jobs, [&](std::size_t job) { return job % rhythm == 0; }),
                "On one thread, some jobs threw: every job must be called all the same, each once.");
  const std::size_t threads = draw(2, 4);
  const std::size_t failing = draw(0, 9);
  CHECK_MESSAGE(all_called(threads, jobs, [&](std::size_t job) { return job == failing; }),
                "On several threads, a job threw: every other job must be called all the same, each once.");
}
