// The programs whose speed is measured: the same source under control, under ThreadSanitizer and as it is.
#pragma once

namespace racecourse::bench {

struct Workload {
  const char* name;
  void (*body)();
  double accesses;   // To shared memory and mutexes, in one execution.
  unsigned repeats;  // Executions under control; chosen to take about a second.
};

inline constexpr int kWorkloads = 3;
extern const Workload workloads[kWorkloads];

}  // namespace racecourse::bench
