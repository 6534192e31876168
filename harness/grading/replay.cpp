#include "grading/replay.hpp"

#include <algorithm>

#include "base/files.hpp"
#include "build/build.hpp"
#include "observe/schedule_findings.hpp"
#include "run/run_scenario.hpp"

namespace racecourse {

namespace {

const Event* replayed_event(const RunReport& run) {
  const auto found = std::ranges::find(run.events, Event::Kind::replayed, &Event::kind);
  return found == run.events.end() ? nullptr : &*found;
}

// What one process says. A replay that breaks off has diverged: the process died before its end.
ReplayReport report_of(const RunReport& run, std::span<const SourceFile> sources) {
  const Event* const end = replayed_event(run);
  if (end == nullptr) return {.kind = ReplayReport::Kind::diverged, .findings = {}, .digest = {}};
  ReplayReport report{.findings = schedule_findings(run, sources, ScheduleRun::replay), .digest = end->value};
  if (end->name == "no_token") report.kind = ReplayReport::Kind::no_token;
  if (end->name == "other_build") report.kind = ReplayReport::Kind::other_build;
  if (end->name == "no_finding") report.kind = ReplayReport::Kind::nothing;
  if (end->name == "finding") report.kind = ReplayReport::Kind::shown;
  const bool ran = report.kind == ReplayReport::Kind::shown || report.kind == ReplayReport::Kind::nothing;
  if (ran && !end->complete) report.kind = ReplayReport::Kind::not_followed;
  return report;
}

RunSpec spec_of(const Lab& lab, const Scenario& scenario, const std::string& token, const Examiner& examiner,
                const fs::path& scratch) {
  RunSpec spec{.launcher = examiner.kit.launcher(),
               .driver = examiner.kit.driver(lab.name, Instrument::schedules),
               .object_folder = object_folder(scratch, flavour_of(Instrument::schedules)),
               .scratch = scratch,
               .scenario = &scenario,
               .instrument = Instrument::schedules,
               .seed = examiner.seed,
               .replay = token};
  for (const InstrumentPlan& plan : scenario.instruments)
    if (plan.instrument == Instrument::schedules) spec.schedules = plan.schedules;
  return spec;
}

}  // namespace

Result<ReplayBuild> build_for_replay(const LabFiles& files, const Lab& lab, const Examiner& examiner) {
  RC_ASSIGN(ScratchDirectory scratch, ScratchDirectory::make(examiner.scratch));
  if (!files.findings.empty()) return ReplayBuild{std::move(scratch), files.findings};
  RC_ASSIGN(BuildReport report, build_submission(files, lab, {flavour_of(Instrument::schedules)},
                                                 examiner.toolchain, scratch.path(), examiner.crew));
  return ReplayBuild{std::move(scratch), std::move(report.findings)};
}

Result<ReplayReport> replay_schedule(const ReplayBuild& build, const LabFiles& files, const Lab& lab,
                                     const Scenario& scenario, const std::string& token,
                                     const Examiner& examiner) {
  if (!build.findings.empty())
    return ReplayReport{.kind = ReplayReport::Kind::not_built, .findings = build.findings, .digest = {}};
  RunSpec spec = spec_of(lab, scenario, token, examiner, build.scratch.path());
  RC_ASSIGN(const RunReport run, run_scenario(spec));
  ReplayReport first = report_of(run, files.sources);
  if (first.kind == ReplayReport::Kind::nothing && !outcomes_of(run).empty()) {
    // Nothing is wrong but how it ends.
    RC_ASSIGN(const LabReference* reference, examiner.references.of(lab, examiner.crew));
    spec.foreign = foreign_outcome(run, reference->outcomes.at(scenario.name)).value_or("");
    if (!spec.foreign.empty()) {
      RC_ASSIGN(const RunReport again, run_scenario(spec));
      first = report_of(again, files.sources);
    }
  }
  if (first.kind != ReplayReport::Kind::shown && first.kind != ReplayReport::Kind::nothing) return first;
  for (int i = 1; i < kReplays; ++i) {
    RC_ASSIGN(const RunReport again, run_scenario(spec));
    const ReplayReport report = report_of(again, files.sources);
    if (report.kind != first.kind || report.digest != first.digest) first.kind = ReplayReport::Kind::diverged;
  }
  return first;
}

std::vector<std::string> debug_command(const ReplayBuild& build, const Lab& lab, const Scenario& scenario,
                                       const std::string& token, const Examiner& examiner) {
  const fs::path& scratch = build.scratch.path();
  const RunSpec spec = spec_of(lab, scenario, token, examiner, scratch);
  std::vector<std::string> arguments = {
      "gdb",    "-q",
      "-iex",   "set breakpoint pending on",
      "-iex",   "set confirm off",
      "-ex",    "directory " + source_folder(scratch).native(),
      "-ex",    "set environment LD_LIBRARY_PATH " + spec.object_folder.native(),
      "-ex",    "break racecourse_story_step",
      "-ex",    "run",
      "-ex",    "backtrace",
      "--args", spec.driver.native()};
  const std::vector<std::string> driver = driver_arguments(spec);
  arguments.insert(arguments.end(), driver.begin(), driver.end());
  arguments.insert(arguments.end(), {"--stops", "1"});
  return arguments;
}

}  // namespace racecourse
