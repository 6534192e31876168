// Goal: the jobs really run on `threads` threads at the same time. Method: as many jobs as threads, and no
// job ends before all have begun. A submission with fewer threads blocks here for ever.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(all_threads_work_at_once) {
  for (const int threads : {2, static_cast<int>(racecourse::inputs().between(3, 6))}) {
    crowd::Line line(threads);
    std::atomic<int> met{0};
    race_counter::run_on_threads(static_cast<std::size_t>(threads), static_cast<std::size_t>(threads),
                                 [&](std::size_t) {
                                   if (line.arrive()) met.fetch_add(1);
                                 });
    CHECK_MESSAGE(met.load() == threads, "Every job waits until all have begun, then all must end.");
  }
}
