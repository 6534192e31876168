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
  const bool followed = report.kind != ReplayReport::Kind::shown || end->complete;
  if (!followed) report.kind = ReplayReport::Kind::diverged;
  return report;
}

}  // namespace

Result<ReplayReport> replay_schedule(const LabFiles& files, const Lab& lab, const Scenario& scenario,
                                     const std::string& token, const Examiner& examiner) {
  if (!files.findings.empty())
    return ReplayReport{.kind = ReplayReport::Kind::not_built, .findings = files.findings, .digest = {}};
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(examiner.scratch));
  const Flavour flavour = flavour_of(Instrument::schedules);
  RC_ASSIGN(const BuildReport build,
            build_submission(files, lab, {flavour}, examiner.toolchain, scratch.path(), examiner.crew));
  if (!build.findings.empty())
    return ReplayReport{.kind = ReplayReport::Kind::not_built, .findings = build.findings, .digest = {}};
  SchedulePlan plan;
  for (const InstrumentPlan& each : scenario.instruments)
    if (each.instrument == Instrument::schedules) plan = each.schedules;
  ReplayReport first;
  for (int i = 0; i < kReplays; ++i) {
    RC_ASSIGN(const RunReport run,
              run_scenario({.launcher = examiner.kit.launcher(),
                            .driver = examiner.kit.driver(lab.name, Instrument::schedules),
                            .object_folder = object_folder(scratch.path(), flavour),
                            .scratch = scratch.path(),
                            .scenario = &scenario,
                            .instrument = Instrument::schedules,
                            .seed = examiner.seed,
                            .run = 0,
                            .schedules = plan,
                            .foreign = {},
                            .replay = token,
                            .wall_left = lab.wall_total}));
    ReplayReport report = report_of(run, files.sources);
    if (i == 0) {
      first = std::move(report);
      if (first.kind != ReplayReport::Kind::shown && first.kind != ReplayReport::Kind::nothing) return first;
    } else if (report.kind != first.kind || report.digest != first.digest) {
      first.kind = ReplayReport::Kind::diverged;
    }
  }
  return first;
}

}  // namespace racecourse
