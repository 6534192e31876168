#include "grading/measure_speed.hpp"

#include <optional>

#include "observe/judge.hpp"
#include "observe/speed.hpp"

namespace racecourse {

namespace {

// The duration a run reported, if it ended well. More than one report would let a submission choose.
std::optional<double> duration_of(const RunReport& run) {
  std::optional<double> duration;
  bool finished = false;
  for (const Event& event : run.events) {
    if (event.kind == Event::Kind::timed) {
      if (duration) return std::nullopt;
      duration = static_cast<double>(event.duration.count());
    }
    finished |= event.kind == Event::Kind::finished;
    if (event.kind == Event::Kind::assertion || event.kind == Event::Kind::fault ||
        event.kind == Event::Kind::exception)
      return std::nullopt;
  }
  if (!finished || run.kernel.exit_code != 0 || run.kernel.limit_hit != LimitHit::none) return std::nullopt;
  return duration;
}

}  // namespace

Result<SpeedReport> measure_speed(const RunSpec& submission, const RunSpec& reference, double ratio_max) {
  SpeedReport report;
  for (int pair = 0; pair < kSpeedPairsMax; ++pair) {
    const bool submission_first = pair % 2 == 0;
    RC_ASSIGN(RunReport first, run_scenario(submission_first ? submission : reference));
    RC_ASSIGN(RunReport second, run_scenario(submission_first ? reference : submission));
    RunReport& own = submission_first ? first : second;
    const std::optional<double> own_time = duration_of(own);
    const RunReport& of_reference = submission_first ? second : first;
    const std::optional<double> reference_time = duration_of(of_reference);
    report.reference.push_back(observations_of(of_reference));
    report.runs.push_back(std::move(own));
    if (!reference_time || *reference_time <= 0) {
      RC_ASSIGN(const ItemResult judged,
                judge_item(*reference.scenario, Instrument::speed, {&of_reference, 1}, {}));
      return usage_error("measure the speed of scenario " + reference.scenario->name +
                         (judged.findings.empty()
                              ? ": the reference does not call racecourse::timed once"
                              : ": the reference itself fails it: " + judged.findings.front().message));
    }
    if (!own_time) return report;
    report.ratios.push_back(*own_time / *reference_time);
    if (decide_speed(report.ratios, ratio_max).answer != SpeedDecision::Answer::undecided) return report;
  }
  return report;
}

}  // namespace racecourse
