#include "grading/reference.hpp"

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/sha256.hpp"
#include "observe/judge.hpp"
#include "run/run_scenario.hpp"

namespace racecourse {

namespace {

using nlohmann::json;

// Where outcomes are compared, the reference's own search has no bound on preemptions that matters: every
// outcome it can have must be met. Where the scenario judges by itself there is none to be met.
constexpr std::int64_t kReferenceExecutions = 200'000;
constexpr std::int64_t kReferencePreemptions = 100;

// One run of the reference, and where its observations go.
struct ReferenceRun {
  const Scenario* scenario = nullptr;
  const InstrumentPlan* plan = nullptr;
  int run = 0;
  Result<RunReport> report = RunReport{};
};

std::vector<ReferenceRun> planned_runs(const Lab& lab) {
  std::vector<ReferenceRun> runs;
  for (const Scenario& scenario : lab.scenarios)
    for (const InstrumentPlan& plan : scenario.instruments)
      if (plan.instrument == Instrument::correctness || plan.instrument == Instrument::schedules)
        for (int i = 0; i < plan.runs; ++i) runs.push_back({&scenario, &plan, i});
  return runs;
}

std::string to_json_text(const LabReference& reference) {
  return json{{"observations", reference.observations}, {"outcomes", reference.outcomes}}.dump();
}

std::optional<LabReference> from_json_text(const std::string& text) {
  const json value = json::parse(text, nullptr, false);
  // The one place where this file's own cache could be broken: any shape but ours is a miss.
  try {
    LabReference reference;
    value.at("observations").get_to(reference.observations);
    value.at("outcomes").get_to(reference.outcomes);
    return reference;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Result<const LabReference*> ReferenceRuns::of(const Lab& lab, Crew& crew) {
  Entry* entry = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    entry = &entries_[lab.name];
  }
  const std::scoped_lock lock(entry->mutex);
  if (!entry->reference) {
    RC_ASSIGN(const std::string drivers, kit_.driver_identity(lab.name));
    const std::string key = Sha256().field(lab.sha256).field(drivers).field(seed_).hex();
    const fs::path cached = kit_.cache() / ("reference-" + lab.name + "-" + key.substr(0, 32) + ".json");
    if (const Result<std::string> text = read_file(cached)) entry->reference = from_json_text(*text);
    if (!entry->reference) {
      RC_ASSIGN(entry->reference, run(lab, crew));
      // A cache that cannot be written costs time, nothing else: the kit may belong to somebody else.
      if (make_directories(kit_.cache()))
        (void)write_file_atomically(cached, to_json_text(*entry->reference));
    }
  }
  return &*entry->reference;
}

RunSpec ReferenceRuns::spec_of(const Lab& lab, const Scenario& scenario, const InstrumentPlan& plan, int run,
                               const fs::path& scratch) const {
  SchedulePlan schedules = plan.schedules;
  if (!scenario.judged_inside) {
    schedules.executions = std::max(schedules.executions, kReferenceExecutions);
    schedules.preemptions = kReferencePreemptions;
  }
  return {.launcher = kit_.launcher(),
          .driver = kit_.driver(lab.name, plan.instrument),
          .object_folder = kit_.reference_object_folder(lab.name, flavour_of(plan.instrument)),
          .scratch = scratch,
          .scenario = &scenario,
          .instrument = plan.instrument,
          .seed = seed_,
          .run = run,
          .schedules = schedules};
}

Result<LabReference> ReferenceRuns::run(const Lab& lab, Crew& crew) const {
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(fs::temp_directory_path()));
  std::vector<ReferenceRun> runs = planned_runs(lab);
  std::vector<Crew::Task> tasks;
  for (ReferenceRun& run : runs)
    tasks.emplace_back(
        [&] { run.report = run_scenario(spec_of(lab, *run.scenario, *run.plan, run.run, scratch.path())); },
        load_of(run.plan->instrument));
  crew.run_all(std::move(tasks));
  LabReference reference;
  for (const ReferenceRun& run : runs) {
    if (!run.report) return std::unexpected(run.report.error());
    RC_ASSIGN(const ItemResult item, judge_item(*run.scenario, run.plan->instrument, {&*run.report, 1}, {}));
    const std::string what =
        "use lab " + lab.name + ": its own reference fails scenario " + run.scenario->name;
    if (item.verdict != Verdict::passed) return usage_error(what + ": " + item.findings.front().message);
    if (run.plan->instrument == Instrument::correctness) {
      reference.observations[run.scenario->name].push_back(observations_of(*run.report));
      continue;
    }
    Outcomes outcomes = outcomes_of(*run.report);
    if (run.scenario->judged_inside && !outcomes.empty())
      return usage_error("use lab " + lab.name + ": scenario " + run.scenario->name +
                         " observes something, and lab.json marks it judged_inside: a scenario whose "
                         "observations are compared is judged outside");
    if (!item.evidence.exhaustive && outcomes.size() > 1)
      return usage_error(
          "use lab " + lab.name + ": what scenario " + run.scenario->name +
          " observes depends on the schedule, and its reference has too many schedules to know "
          "all outcomes: make the scenario smaller, or observe less");
    reference.outcomes[run.scenario->name] = std::move(outcomes);
  }
  return reference;
}

}  // namespace racecourse
