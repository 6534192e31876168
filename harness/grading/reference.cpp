#include "grading/reference.hpp"

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/sha256.hpp"
#include "observe/judge.hpp"
#include "run/run_scenario.hpp"

namespace racecourse {

namespace {

using nlohmann::json;

// One run of the reference, and where its observations go.
struct ReferenceRun {
  const Scenario* scenario = nullptr;
  int run = 0;
  Result<RunReport> report = RunReport{};
};

std::vector<ReferenceRun> planned_runs(const Lab& lab) {
  std::vector<ReferenceRun> runs;
  for (const Scenario& scenario : lab.scenarios)
    for (const InstrumentPlan& plan : scenario.instruments)
      if (plan.instrument == Instrument::correctness)
        for (int i = 0; i < plan.runs; ++i) runs.push_back({&scenario, i});
  return runs;
}

std::string to_json_text(const LabObservations& observations) { return json(observations).dump(); }

std::optional<LabObservations> from_json_text(const std::string& text) {
  const json value = json::parse(text, nullptr, false);
  // The one place where this file's own cache could be broken: any shape but ours is a miss.
  try {
    return value.get<LabObservations>();
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

Result<const LabObservations*> ReferenceRuns::of(const Lab& lab, Crew& crew) {
  Entry* entry = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    entry = &entries_[lab.name];
  }
  const std::scoped_lock lock(entry->mutex);
  if (!entry->observations) {
    RC_ASSIGN(const std::string driver, read_file(kit_.driver(lab.name, Flavour::plain)));
    const std::string key = Sha256().field(lab.sha256).field(driver).field(seed_).hex();
    const fs::path cached = kit_.cache() / ("reference-" + lab.name + "-" + key.substr(0, 32) + ".json");
    if (const Result<std::string> text = read_file(cached)) entry->observations = from_json_text(*text);
    if (!entry->observations) {
      RC_ASSIGN(entry->observations, run(lab, crew));
      // A cache that cannot be written costs time, nothing else: the kit may belong to somebody else.
      if (make_directories(kit_.cache()))
        (void)write_file_atomically(cached, to_json_text(*entry->observations));
    }
  }
  return &*entry->observations;
}

Result<LabObservations> ReferenceRuns::run(const Lab& lab, Crew& crew) const {
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(fs::temp_directory_path()));
  std::vector<ReferenceRun> runs = planned_runs(lab);
  std::vector<std::function<void()>> tasks;
  for (ReferenceRun& run : runs) {
    tasks.emplace_back([&] {
      run.report = run_scenario({.launcher = kit_.launcher(),
                                 .driver = kit_.driver(lab.name, Flavour::plain),
                                 .object_folder = kit_.reference_object_folder(lab.name, Flavour::plain),
                                 .scratch = scratch.path(),
                                 .scenario = run.scenario,
                                 .instrument = Instrument::correctness,
                                 .seed = seed_,
                                 .run = run.run,
                                 .wall_left = lab.wall_total});
    });
  }
  crew.run_all(std::move(tasks));
  LabObservations observations;
  for (const ReferenceRun& run : runs) {
    if (!run.report) return std::unexpected(run.report.error());
    RC_ASSIGN(const ItemResult item,
              judge_item(*run.scenario, Instrument::correctness, {&*run.report, 1}, {}));
    if (item.verdict != Verdict::passed)
      return usage_error("use lab " + lab.name + ": its own reference fails scenario " + run.scenario->name +
                         ": " + item.findings.front().message);
    observations[run.scenario->name].push_back(observations_of(*run.report));
  }
  return observations;
}

}  // namespace racecourse
