// judge_item: what the runs of one scenario under one instrument establish. Pure: no file, no clock, no
// process.
//
// Kernel facts outweigh what the process said of itself: a stream of happy events never excuses a crash, a
// limit, or a missing completion token. Nothing here depends on how long anything took, except through the
// limits that the launcher reported as hit.
#pragma once

#include <span>

#include "base/error.hpp"
#include "model/lab.hpp"
#include "model/lab_result.hpp"
#include "model/run_report.hpp"
#include "model/submission.hpp"
#include "observe/observations.hpp"

namespace racecourse {

// What a run is judged by besides itself.
struct Specification {
  // correctness, speed: the reference's observations for the same inputs, one a run. Empty: nothing is
  // compared.
  std::span<const Observations> observations;
  // schedules: the submission's files, for the source text in stories.
  std::span<const SourceFile> sources;
};

// Errors (environment): a run shows that the machine failed, not the submission, such as a detector
// that could not start.
[[nodiscard]] Result<ItemResult> judge_item(const Scenario& scenario, Instrument instrument,
                                            std::span<const RunReport> runs,
                                            const Specification& specification);

// The same for `speed`, whose answers are compared too: `ratios` are the submission's times divided by the
// reference's; `runs` the submission's runs.
[[nodiscard]] Result<ItemResult> judge_speed(const Scenario& scenario, const InstrumentPlan& plan,
                                             std::span<const RunReport> runs, std::span<const double> ratios,
                                             std::span<const Observations> reference);

}  // namespace racecourse
