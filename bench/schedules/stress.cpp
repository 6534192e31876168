// The workloads in a loop, on real threads: what stress testing gets done in the same time.
#include <cstdio>
#include <ctime>

#include "workloads.hpp"

using namespace racecourse::bench;

int main(int, char** argv) {
  const char* const how = argv[1];
  for (const Workload& workload : workloads) {
    // Processor time, so that a busy machine does not count.
    const std::clock_t start = std::clock();
    double executions = 0;
    double seconds = 0;
    do {
      workload.body();
      ++executions;
      seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    } while (seconds < 1);
    std::printf("| %s | %s | %.0f | %.1f |\n", workload.name, how, executions / seconds,
                executions * workload.accesses / seconds / 1e6);
  }
}
