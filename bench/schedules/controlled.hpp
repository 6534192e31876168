// The parts of the measurement that run under control; each prints rows of a table in Markdown.
#pragma once

namespace racecourse::bench {

void measure_throughput();
// Whether every promise of README.md held.
[[nodiscard]] bool measure_power();
[[nodiscard]] bool measure_toy_bugs();
// False: there is no such case.
[[nodiscard]] bool measure_memory(unsigned which);

}  // namespace racecourse::bench
