// What a run under `schedules` establishes: the runtime's findings with their places in the source, their
// story and the token that replays them; and whether every outcome is one that the reference can have too.
// Pure.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "model/run_report.hpp"
#include "model/submission.hpp"

namespace racecourse {

// All outcomes that the reference has under any schedule: the specification of a submission's.
using Outcomes = std::set<std::string>;

[[nodiscard]] Outcomes outcomes_of(const RunReport& run);
// One that the specification does not have; empty if there is none.
[[nodiscard]] std::optional<std::string> foreign_outcome(const RunReport& run, const Outcomes& specification);

// Only an exploration knows how many of a schedule's switches are preemptions; a replay follows them all
// alike.
enum class ScheduleRun { exploration, replay };

[[nodiscard]] std::vector<Finding> schedule_findings(const RunReport& run,
                                                     std::span<const SourceFile> sources,
                                                     ScheduleRun kind = ScheduleRun::exploration);

}  // namespace racecourse
