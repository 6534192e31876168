// Measures schedules and steps a second of processor time, so that a busy machine does not count: the figures
// of README.md. Not a test: run it by hand.
#include <atomic>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <thread>
#include <vector>

#include "explore.hpp"
#include "random_walk.hpp"

using namespace racecourse::schedules;

namespace {

int counter = 0;
int table[4096];
std::mutex mutex;

void three_increments() {
  counter = 0;
  const auto work = [] {
    for (int i = 0; i < 3; ++i) ++counter;
  };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
}

void long_program() {
  const auto work = [](int from) {
    for (int round = 0; round < 20; ++round)
      for (int i = from; i < 4096; i += 2) table[i] += i;
  };
  std::thread a(work, 0);
  std::thread b(work, 1);
  a.join();
  b.join();
}

void locked_program() {
  const auto work = [] {
    for (int i = 0; i < 500; ++i) {
      const std::lock_guard guard(mutex);
      ++counter;
    }
  };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
}

void measure(const char* name, void (*body)(), std::uint64_t executions, SwitchPoints points) {
  Options options;
  options.executions_max = executions;
  options.findings_max = 1'000'000;
  options.minimise_executions_max = 0;
  options.steps_max = 10'000'000;
  options.switch_points = points;
  RandomWalk strategy(1);
  const std::clock_t start = std::clock();
  const Summary summary = explore(body, strategy, options);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const auto executed = static_cast<double>(summary.executions);
  std::printf("%-52s %9.0f schedules/s %7.1f M steps/s %6.1f steps and %5.1f switches a schedule\n", name,
              executed / seconds, static_cast<double>(summary.steps) / seconds / 1e6,
              static_cast<double>(summary.steps) / executed,
              static_cast<double>(summary.switches) / executed);
}

}  // namespace

int main() {
  world_is_loaded();
  measure("2 threads x 3 increments, every access", three_increments, 300'000, SwitchPoints::every_access);
  measure("2 threads x 3 increments, synchronisation and races", three_increments, 300'000,
          SwitchPoints::synchronisation_and_races);
  measure("2 threads, table of 4096, every access", long_program, 50, SwitchPoints::every_access);
  measure("2 threads, table of 4096, synchronisation and races", long_program, 50,
          SwitchPoints::synchronisation_and_races);
  measure("2 threads x 500 locked increments, every access", locked_program, 500, SwitchPoints::every_access);
  measure("2 threads x 500 locked increments, synchronisation", locked_program, 500,
          SwitchPoints::synchronisation_and_races);
}
