// Goal: jobs are handed out one by one. Method: one job does not end before all others have; whoever deals
// the jobs to the threads beforehand leaves some of them behind it, and deadlocks here.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(a_long_job_holds_up_nobody) {
  constexpr std::size_t kJobs = 5;
  for (const std::size_t long_job : {std::size_t{0}, std::size_t{1}, kJobs - 1}) {
    crowd::Gate ended;
    race_counter::run_on_threads(2, kJobs, [&](std::size_t job) {
      if (job >= kJobs) return;
      if (job == long_job) ended.await(kJobs - 1);
      ended.pass();
    });
    CHECK_MESSAGE(ended.passed() == kJobs, "All jobs must have ended when run_on_threads returns.");
  }
}
