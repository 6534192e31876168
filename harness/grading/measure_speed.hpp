// measure_speed: a submission's time against the reference's, in alternating runs. May be called from many
// threads.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "model/run_report.hpp"
#include "observe/observations.hpp"
#include "run/run_scenario.hpp"

namespace racecourse {

struct SpeedReport {
  std::vector<RunReport> runs;          // The submission's; the last one is the one that failed, if one did.
  std::vector<Observations> reference;  // What the reference observed beside each of them.
  std::vector<double> ratios;           // Submission / reference, one for each pair of neighbouring runs.
};

// Runs pairs until decide_speed (observe/speed.hpp) has an answer or kSpeedPairsMax is reached, or until a
// run of the submission does not end well: then its findings are the answer. Neighbouring runs share whatever
// else the machine is doing, and the order within the pairs alternates, so that neither side always runs
// first.
//
// Errors: environment; usage if the reference itself fails.
[[nodiscard]] Result<SpeedReport> measure_speed(const RunSpec& submission, const RunSpec& reference,
                                                double ratio_max);

}  // namespace racecourse
