// controlled throughput | power | toy | memory CASE: one part of the measurement.
#include "controlled.hpp"

#include <cstdlib>
#include <string>

#include "explore.hpp"

using namespace racecourse::bench;

int main(int argc, char** argv) {
  racecourse::schedules::world_is_loaded();
  const std::string part = argc > 1 ? argv[1] : "";
  bool held = true;
  if (part == "throughput") measure_throughput();
  if (part == "power") held = measure_power();
  if (part == "toy") held = measure_toy_bugs();
  if (part == "memory")
    return measure_memory(argc > 2 ? std::strtoul(argv[2], nullptr, 10) & 0xFF : 0) ? 0 : 1;
  return held ? 0 : 1;
}
