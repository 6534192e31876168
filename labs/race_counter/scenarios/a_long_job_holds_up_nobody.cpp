// Goal: jobs are handed out one by one. Method: one job does not end before all others have; whoever deals
// the jobs to the threads beforehand leaves some of them behind it, and blocks here for ever.
#include <atomic>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(a_long_job_holds_up_nobody) {
  constexpr std::size_t kJobs = 30;
  for (const std::size_t long_job :
       {std::size_t{0}, kJobs - 1, static_cast<std::size_t>(racecourse::inputs().between(1, 20))}) {
    std::atomic<std::size_t> ended{0};
    race_counter::run_on_threads(2, kJobs, [&](std::size_t job) {
      if (job >= kJobs) return;
      if (job == long_job) crowd::await([&] { return ended.load() >= kJobs - 1; });
      ended.fetch_add(1);
    });
    CHECK_MESSAGE(ended.load() == kJobs, "All jobs must have ended when run_on_threads returns.");
  }
}
