#include <cstdio>
#include <ctime>

#include "controlled.hpp"
#include "explore.hpp"
#include "random_walk.hpp"
#include "workloads.hpp"

namespace racecourse::bench {

using namespace racecourse::schedules;

namespace {

void measure(const Workload& workload, SwitchPoints points, const char* how) {
  Options options;
  options.executions_max = workload.repeats;
  options.findings_max = 1'000'000;  // A race is no reason to stop.
  options.minimise_executions_max = 0;
  options.steps_max = 10'000'000;
  options.switch_points = points;
  options.world_modules = {};
  RandomWalk strategy(1);
  const std::clock_t start = std::clock();
  const Summary summary = explore([&] { workload.body(); }, strategy, options);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("| %s | %s | %.0f | %.1f |\n", workload.name, how,
              static_cast<double>(summary.executions) / seconds,
              static_cast<double>(summary.steps) / seconds / 1e6);
}

}  // namespace

void measure_throughput() {
  for (const Workload& workload : workloads) {
    measure(workload, SwitchPoints::every_access, "controlled, every access a point");
    measure(workload, SwitchPoints::synchronisation_and_races, "controlled, points where they matter");
  }
}

}  // namespace racecourse::bench
