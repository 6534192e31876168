#include "workloads.hpp"

#include <mutex>
#include <thread>

namespace racecourse::bench {

namespace {

int counter = 0;
int table[4096];
std::mutex mutex;

void run_two(auto first, auto second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

void three_increments() {
  counter = 0;
  const auto work = [] {
    for (int i = 0; i < 3; ++i) ++counter;
  };
  run_two(work, work);
}

void long_table() {
  const auto work = [](int from) {
    for (int round = 0; round < 20; ++round)
      for (int i = from; i < 4096; i += 2) table[i] += i;
  };
  run_two([work] { work(0); }, [work] { work(1); });
}

void locked_increments() {
  const auto work = [] {
    for (int i = 0; i < 500; ++i) {
      const std::lock_guard guard(mutex);
      ++counter;
    }
  };
  run_two(work, work);
}

}  // namespace

const Workload workloads[kWorkloads] = {
    {"2 threads x 3 unprotected increments", three_increments, 12, 300'000},
    {"2 threads x 20 passes over half a table of 4096", long_table, 163'840, 60},
    {"2 threads x 500 increments under a mutex", locked_increments, 4'000, 4'000},
};

}  // namespace racecourse::bench
