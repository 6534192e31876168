#include "grading/examine.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <set>

#include "base/files.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "build/build.hpp"
#include "grading/measure_speed.hpp"
#include "observe/judge.hpp"
#include "run/run_scenario.hpp"

namespace racecourse {

namespace {

// Raised whenever the meaning of a stored result changes.
constexpr std::uint64_t kStoreFormat = 5;

// One scenario under one instrument, with its runs as they come in.
struct Item {
  Item(const Scenario* its_scenario, const InstrumentPlan* its_plan)
      : scenario(its_scenario), plan(its_plan) {}

  const Scenario* scenario;
  const InstrumentPlan* plan;
  std::vector<Result<RunReport>> runs;
  Result<SpeedReport> speed = SpeedReport{};
  bool is_doubted = false;  // It failed, and a machine short of something could have failed it.
  Result<> control;         // Whether the reference passes where this one failed.
  std::atomic<std::int64_t> spent_us = 0;  // By its runs so far; see time_spent.
};

// A schedule was replayed before it became a finding, and a report of ThreadSanitizer names two accesses;
// everything else that a run shows, a machine without processes, memory or files could bring about.
bool could_be_the_machine(const Finding& finding) {
  return finding.schedule.empty() && finding.kind > FindingKind::tampering &&
         finding.kind != FindingKind::data_race && finding.kind != FindingKind::too_slow;
}

// What a run takes of the lab's total. A run that was ended counts with its whole limit, however soon the
// processor time of several threads was used up: the sum must not depend on the machine.
std::int64_t time_spent(const RunReport& run, const Scenario& scenario) {
  const LimitHit hit = run.kernel.limit_hit;
  const bool is_ended =
      hit == LimitHit::wall_blocked || hit == LimitHit::wall_spinning || hit == LimitHit::cpu;
  const std::chrono::microseconds limit = limits_under(run.instrument, scenario.limits).wall;
  return is_ended ? limit.count() : run.kernel.charged.count();
}

class Examination {
 public:
  Examination(const LabFiles& files, const Lab& lab, const Examiner& examiner, const fs::path& scratch)
      : files_(files), lab_(lab), examiner_(examiner), scratch_(scratch) {}

  Result<LabResult> execute() {
    LabResult result{.lab = lab_.name,
                     .lab_sha256 = lab_.sha256,
                     .files_sha256 = files_.sha256,
                     .is_skeleton = files_.is_skeleton,
                     .notes = files_.notes,
                     .findings = files_.findings};
    plan_items();
    // What is missing or unusable is not built.
    if (result.findings.empty()) {
      RC_TRY(build(result));
      // A full disk or a broken compiler fails everybody, and nobody may be charged for that.
      if (!result.findings.empty()) {
        RC_TRY(check_room(scratch_));
        RC_TRY(check_compiler(lab_, flavours(), examiner_.toolchain, scratch_, examiner_.crew));
      }
    }
    // From here on no file of the submission changes; what does not build is not run.
    if (result.findings.empty()) {
      RC_ASSIGN(reference_, examiner_.references.of(lab_, examiner_.crew));
      run();
    }
    // From here on no code of the submission runs, and nothing depends on time.
    RC_TRY(observe(result));
    return result;
  }

 private:
  void plan_items() {
    for (const Scenario& scenario : lab_.scenarios)
      for (const InstrumentPlan& plan : scenario.instruments) items_.emplace_back(&scenario, &plan);
  }

  // A scenario that needs more cores than there are is not run.
  [[nodiscard]] bool runs_here(const Item& item) const { return item.scenario->cores_min <= core_count(); }

  [[nodiscard]] std::vector<Flavour> flavours() const {
    std::set<Flavour> needed;
    for (const Item& item : items_) needed.insert(flavour_of(item.plan->instrument));
    return {needed.begin(), needed.end()};
  }

  Result<> build(LabResult& result) {
    RC_ASSIGN(const BuildReport report,
              build_submission(files_, lab_, flavours(), examiner_.toolchain, scratch_, examiner_.crew));
    result.findings = report.findings;
    result.compiler_output = report.compiler_output;
    result.build_wall = report.wall;
    return {};
  }

  void run() {
    std::vector<Crew::Task> tasks;
    for (Item& item : items_) {
      if (!runs_here(item) || item.plan->instrument == Instrument::speed) continue;
      item.runs.resize(static_cast<std::size_t>(item.plan->runs), RunReport{});
      for (int i = 0; i < item.plan->runs; ++i)
        tasks.emplace_back([this, &item, i] { run_once(item, i); }, load_of(item.plan->instrument));
    }
    examiner_.crew.run_all(std::move(tasks));
    for (Item& item : items_)
      if (runs_here(item) && item.plan->instrument == Instrument::speed) run_speed(item);
  }

  void run_once(Item& item, int run) {
    if (time_is_used_up_before(item)) return;
    Result<RunReport>& report = item.runs[static_cast<std::size_t>(run)];
    RunSpec spec = run_spec(item, run);
    report = run_scenario(spec);
    if (report) item.spent_us += time_spent(*report, *item.scenario);
    if (!report || spec.instrument != Instrument::schedules) return;
    // An assertion that failed says it better.
    if (std::ranges::count(report->events, Event::Kind::schedule_finding, &Event::kind) > 0) return;
    // Told what to look for, the same exploration meets it at the same place and makes a finding of it.
    const auto foreign = foreign_outcome(*report, reference_->outcomes.at(item.scenario->name));
    if (!foreign) return;
    spec.foreign = *foreign;
    report = run_scenario(spec);
    if (report) item.spent_us += time_spent(*report, *item.scenario);
  }

  void run_speed(Item& item) {
    if (time_is_used_up_before(item)) return;
    examiner_.crew.run_alone(
        [&] { item.speed = measure_speed(run_spec(item, 0), reference_spec(item), item.plan->ratio_max); });
    if (!item.speed) return;
    for (const RunReport& run : item.speed->runs) item.spent_us += time_spent(run, *item.scenario);
  }

  // The lab's total is used up in the order of the scenarios, whichever ran first. Before the runs have ended
  // this may still say no; what it then lets run is left out afterwards.
  [[nodiscard]] bool time_is_used_up_before(const Item& item) const {
    const std::chrono::microseconds total = lab_.wall_total;
    std::int64_t spent = 0;
    for (const Item& earlier : items_) {
      if (&earlier == &item || spent >= total.count()) break;
      spent += earlier.spent_us;
    }
    return spent >= total.count();
  }

  [[nodiscard]] RunSpec run_spec(const Item& item, int run) const {
    const Flavour flavour = flavour_of(item.plan->instrument);
    return {.launcher = examiner_.kit.launcher(),
            .driver = examiner_.kit.driver(lab_.name, item.plan->instrument),
            .object_folder = object_folder(scratch_, flavour),
            .scratch = scratch_,
            .scenario = item.scenario,
            .instrument = item.plan->instrument,
            .seed = examiner_.seed,
            .run = run,
            .schedules = item.plan->schedules};
  }

  [[nodiscard]] RunSpec reference_spec(const Item& item) const {
    RunSpec spec = run_spec(item, 0);
    spec.object_folder = examiner_.kit.reference_object_folder(lab_.name, flavour_of(item.plan->instrument));
    return spec;
  }

  Result<> observe(LabResult& result) {
    const bool built = result.findings.empty();
    for (Item& item : items_) {
      if (!built || !runs_here(item)) {
        result.items.push_back({.scenario = item.scenario->name, .instrument = item.plan->instrument});
        continue;
      }
      if (time_is_used_up_before(item)) {
        result.items.push_back(out_of_time(item, result.items));
        continue;
      }
      RC_ASSIGN(ItemResult judged, judge(item));
      item.is_doubted = std::ranges::any_of(judged.findings, could_be_the_machine);
      result.items.push_back(std::move(judged));
    }
    return check_machine();
  }

  // What the machine does to everybody is charged to nobody: where a run of the submission failed, the
  // reference must still pass, right after it and through the same door, and the submission's own files must
  // still be there.
  Result<> check_machine() {
    std::vector<Crew::Task> tasks;
    for (Item& item : items_)
      if (item.is_doubted)
        tasks.emplace_back([this, &item] { item.control = control(item); }, load_of(item.plan->instrument));
    if (tasks.empty()) return {};
    examiner_.crew.run_all(std::move(tasks));
    for (const Item& item : items_) {
      if (item.control) continue;
      return std::unexpected(Error(item.control.error()).during("grade " + lab_.name));
    }
    for (const Flavour flavour : flavours())
      if (const fs::path object = object_folder(scratch_, flavour) / "submission.so"; !fs::exists(object))
        return environment_error("grade " + lab_.name + ": somebody removed " + printable(object.native()));
    return check_room(scratch_);
  }

  [[nodiscard]] Result<> control(const Item& item) const {
    RC_ASSIGN(const RunReport run, run_scenario(reference_spec(item)));
    RC_ASSIGN(const ItemResult judged, judge_item(*item.scenario, item.plan->instrument, {&run, 1}, {}));
    if (judged.verdict == Verdict::passed) return {};
    return environment_error("scenario " + item.scenario->name +
                             " fails for the reference too, so something is wrong with this machine: " +
                             judged.findings.front().message);
  }

  [[nodiscard]] Result<ItemResult> judge(const Item& item) const {
    if (item.plan->instrument == Instrument::speed) {
      if (!item.speed) return std::unexpected(item.speed.error());
      return judge_speed(*item.scenario, *item.plan, item.speed->runs, item.speed->ratios,
                         item.speed->reference);
    }
    std::vector<RunReport> runs;
    for (const Result<RunReport>& run : item.runs) {
      if (!run) return std::unexpected(run.error());
      runs.push_back(*run);
    }
    Specification specification{.observations = {}, .sources = files_.sources};
    if (item.plan->instrument == Instrument::correctness)
      specification.observations = reference_->observations.at(item.scenario->name);
    return judge_item(*item.scenario, item.plan->instrument, runs, specification);
  }

  // It says of the time what the scenarios that used it up say.
  [[nodiscard]] static ItemResult out_of_time(const Item& item, const std::vector<ItemResult>& earlier) {
    FindingKind kind = FindingKind::time_limit_spinning;
    for (const ItemResult& result : earlier)
      for (const Finding& finding : result.findings)
        if (finding.kind == FindingKind::time_limit_blocked ||
            finding.kind == FindingKind::time_limit_spinning)
          kind = finding.kind;
    Finding finding{.kind = kind,
                    .message = "Not run: the other scenarios used up the time for this lab.",
                    .places = {},
                    .detail = {},
                    .schedule = {}};
    return {.scenario = item.scenario->name,
            .instrument = item.plan->instrument,
            .findings = {std::move(finding)}};
  }

  const LabFiles& files_;
  const Lab& lab_;
  const Examiner& examiner_;
  const fs::path& scratch_;
  const LabReference* reference_ = nullptr;
  std::deque<Item> items_;  // Items are shared with running tasks and do not move.
};

std::string store_key(const LabFiles& files, const Lab& lab, const Examiner& examiner) {
  Sha256 key;
  key.field(kStoreFormat).field(files.sha256).field(lab.name).field(lab.sha256).field(examiner.seed);
  key.field(examiner.toolchain.version).field(examiner.toolchain.linker).field(build_recipe());
  // A level changes no verdict, but what a submission could have forged at a weak one is not taken at a
  // strict one.
  key.field(to_text(examiner.kit.sandbox.level));
  // Whether a scenario can run at all depends on the cores.
  key.field(static_cast<std::uint64_t>(core_count()));
  return key.field(examiner.driver_identities.at(lab.name)).hex();
}

}  // namespace

Result<LabResult> examine_lab(const LabFiles& files, const Lab& lab, const Examiner& examiner) {
  const std::string key = store_key(files, lab, examiner);
  if (std::optional<LabResult> known = examiner.store.find(key)) return *std::move(known);
  RC_ASSIGN(const ScratchDirectory scratch, ScratchDirectory::make(examiner.scratch));
  RC_ASSIGN(LabResult result, Examination(files, lab, examiner, scratch.path()).execute());
  RC_TRY(examiner.store.keep(key, result));
  return result;
}

}  // namespace racecourse
