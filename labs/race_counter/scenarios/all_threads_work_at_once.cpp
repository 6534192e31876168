// Goal: the jobs really run on `threads` threads at the same time. Method: as many jobs as threads, and no
// job ends before all have begun. A submission with fewer threads deadlocks here.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(all_threads_work_at_once) {
  for (const std::size_t threads : {std::size_t{2}, std::size_t{3}}) {
    crowd::Gate begun;
    race_counter::run_on_threads(threads, threads, [&](std::size_t) { begun.pass_and_await(threads); });
    CHECK_MESSAGE(begun.passed() == threads, "Every job waits until all have begun, then all must end.");
  }
}
