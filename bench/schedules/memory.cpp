// What memory an exploration takes: each program in a process of its own, since a peak never goes down.
#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "controlled.hpp"
#include "exhaustive.hpp"
#include "explore.hpp"
#include "random_walk.hpp"

namespace racecourse::bench {

using namespace racecourse::schedules;

namespace {

void small_program() {
  std::atomic<int> value = 0;
  const auto work = [&] { value.store(value.load() + 1); };
  std::thread a(work);
  std::thread b(work);
  a.join();
  b.join();
}

void many_threads() {
  std::atomic<int> value = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 200; ++i) threads.emplace_back([&] { value.fetch_add(1); });
  for (std::thread& thread : threads) thread.join();
}

void much_memory() {
  std::vector<long> values(std::size_t{4} << 20);  // 32 MB, every word of it touched.
  const auto work = [&](std::size_t from) {
    for (std::size_t i = from; i < values.size(); i += 2) values[i] = static_cast<long>(i);
  };
  std::thread a(work, 0);
  std::thread b(work, 1);
  a.join();
  b.join();
}

void many_states() {
  std::atomic<int> values[4] = {};
  const auto work = [&](int from) {
    for (int i = 0; i < 8; ++i) values[(from + i) % 4].fetch_add(1);
  };
  std::thread a(work, 0);
  std::thread b(work, 1);
  std::thread c(work, 2);
  a.join();
  b.join();
  c.join();
}

struct Case {
  const char* name;
  void (*body)();
  std::uint64_t executions;
  bool exhaustive;
};
const Case cases[] = {
    {"2 threads, 4 operations", small_program, 200'000, false},
    {"200 threads", many_threads, 50, false},
    {"32 MB touched", much_memory, 2, false},
    {"exhaustive search of 3 threads x 8 operations", many_states, 200'000, true},
};

}  // namespace

bool measure_memory(unsigned which) {
  if (which >= std::size(cases)) return false;
  const Case& measured = cases[which];
  Options options;
  options.executions_max = measured.executions;
  options.steps_max = 100'000'000;
  options.world_modules = {};
  RandomWalk walk(1);
  Exhaustive search({Exhaustive::kUnbounded, true});
  const Summary summary =
      explore([&] { measured.body(); }, measured.exhaustive ? static_cast<Strategy&>(search) : walk, options);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("| %s | %lu | %ld MB |\n", measured.name,
              static_cast<unsigned long>(summary.executions + summary.pruned), usage.ru_maxrss / 1024);
  return true;
}

}  // namespace racecourse::bench
