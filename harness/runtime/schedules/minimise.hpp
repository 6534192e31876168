// Makes a failing schedule simpler: the same finding with fewer preemptions.
#pragma once

#include <functional>

#include "engine.hpp"
#include "finding.hpp"

namespace racecourse::schedules {

// Runs one execution of a fresh world under the strategy.
using RunOnce = std::function<const Execution&(Strategy&)>;

struct Simpler {
  Schedule schedule;
  std::uint32_t preemptions = 0;
  Finding finding;  // As the simpler execution shows it.
};

// Looks for it in at most `executions_max` executions. The result shows the same finding (the same kind, and
// for a data race or a wrong outcome the same fact); if nothing simpler is found it is `found` itself.
[[nodiscard]] Simpler minimise(const Finding& finding, const Simpler& found, const RunOnce& run,
                               std::uint32_t executions_max);

}  // namespace racecourse::schedules
