#include "model/grade_json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "model/finding_json.hpp"
#include "model/json_reader.hpp"
#include "model/time_text.hpp"

namespace racecourse {

namespace {

using nlohmann::ordered_json;
using std::chrono::microseconds;

constexpr std::int64_t kPointsMax = 1'000'000'000;
constexpr std::int64_t kDaysMax = 10'000'000;
constexpr std::uint64_t kMicrosecondsEachMs = 1'000;
constexpr std::uint64_t kBytesEachKb = 1'024;

std::string bounded(const std::string& text) {
  constexpr std::size_t kMarkBytes =
      100;  // What shorten() puts in for the middle, so that the sum is the bound.
  std::string out = printable(text);
  return out.size() <= kGradeTextBytesMax ? out : shorten(out, kGradeTextBytesMax - kMarkBytes);
}

ordered_json json_of_bounded(std::vector<Finding> findings) {
  for (Finding& finding : findings) finding.detail = bounded(finding.detail);
  return json_of(findings);
}

ordered_json json_of_ms(microseconds duration) {
  return json_of_share(static_cast<std::uint64_t>(duration.count()), kMicrosecondsEachMs);
}

ordered_json json_of(const ScoredItem& item) {
  ordered_json out = {
      {"name", printable(item.result.scenario)},       {"title", printable(item.title)},
      {"instrument", to_text(item.result.instrument)}, {"visibility", to_text(item.visibility)},
      {"verdict", to_text(item.result.verdict)},       {"points", json_of(item.points)},
      {"max_points", json_of(item.max_points)},        {"reason", printable(item.reason)}};
  if (!item.hint.empty()) out["hint"] = printable(item.hint);
  out["findings"] = json_of_bounded(item.result.findings);
  if (!item.replay.empty()) out["replay"] = printable(item.replay);
  out["evidence"] = json_of(item.result.evidence);
  return out;
}

ordered_json json_of(const LabGrade& lab) {
  ordered_json build = {{"findings", json_of_bounded(lab.result.findings)}};
  if (!lab.result.compiler_output.empty()) build["compiler_output"] = bounded(lab.result.compiler_output);
  ordered_json scenarios = ordered_json::array();
  for (const ScoredItem& item : lab.items) scenarios.push_back(json_of(item));
  return {{"lab", printable(lab.result.lab)},
          {"title", printable(lab.title)},
          {"lab_sha256", printable(lab.result.lab_sha256)},
          {"files_sha256", printable(lab.result.files_sha256)},
          {"is_skeleton", lab.result.is_skeleton},
          {"verdict", to_text(lab.verdict)},
          {"points", json_of(lab.points)},
          {"max_points", json_of(lab.max_points)},
          {"build", std::move(build)},
          {"notes", json_of_texts(lab.result.notes)},
          {"scenarios", std::move(scenarios)}};
}

ordered_json timings_json(const ScoredItem& item) {
  const ItemTimings& timings = item.result.timings;
  ordered_json out = {{"name", printable(item.result.scenario)},
                      {"instrument", to_text(item.result.instrument)},
                      {"wall_ms", json_of_ms(timings.wall)},
                      {"cpu_ms", json_of_ms(timings.cpu)},
                      {"memory_peak_kb", json_of_share(timings.memory_peak_bytes, kBytesEachKb)}};
  if (!timings.ratio) return out;
  // An end of the interval that is infinite is left out: JSON has no such number.
  out["ratio"] = *timings.ratio;
  if (std::isfinite(timings.ratio_low)) out["ratio_low"] = timings.ratio_low;
  if (std::isfinite(timings.ratio_high)) out["ratio_high"] = timings.ratio_high;
  return out;
}

ordered_json timings_json(const Grade& grade) {
  ordered_json labs = ordered_json::object();
  for (const LabGrade& lab : grade.labs) {
    ordered_json scenarios = ordered_json::array();
    for (const ScoredItem& item : lab.items) scenarios.push_back(timings_json(item));
    labs[printable(lab.result.lab)] = {{"build_ms", json_of_ms(lab.result.build_wall)},
                                       {"scenarios", std::move(scenarios)}};
  }
  return {{"labs", std::move(labs)}};
}

ordered_json json_of(const Lateness& late) {
  return {{"submitted_at", time_text(late.submitted_at)},
          {"days", late.days},
          {"deduction_percent", json_of_hundredths(late.deduction_bp)},
          {"deducted", json_of(late.deducted)}};
}

ordered_json json_of(const Sandbox& sandbox) {
  ordered_json probes = ordered_json::object();
  for (const auto& [name, answer] : sandbox.probes) probes[printable(name)] = to_text(answer);
  ordered_json limits = ordered_json::object();
  for (const auto& [name, enforced_by] : sandbox.limits) limits[printable(name)] = printable(enforced_by);
  return {{"level", to_text(sandbox.level)},
          {"note", printable(sandbox.note)},
          {"weak_accepted", sandbox.weak_accepted},
          {"probes", std::move(probes)},
          {"limits", std::move(limits)}};
}

ordered_json json_of(const Environment& environment) {
  return {{"racecourse", printable(environment.racecourse)},
          {"compiler", printable(environment.compiler)},
          {"kernel", printable(environment.kernel)},
          {"cores", environment.cores},
          {"sandbox", json_of(environment.sandbox)}};
}

Points points_at(const JsonCursor& at) { return at.hundredths(kPointsMax); }

ScoredItem scored_item_at(const JsonCursor& at) {
  at.object({"name", "title", "instrument", "visibility", "verdict", "points", "max_points", "reason", "hint",
             "findings", "replay", "evidence"});
  ScoredItem item;
  item.result.scenario = at.required("name").text();
  item.title = at.required("title").text();
  item.result.instrument = instrument_at(at.required("instrument"));
  item.visibility = at.required("visibility").term(all_visibilities());
  item.result.verdict = verdict_at(at.required("verdict"));
  item.points = points_at(at.required("points"));
  item.max_points = points_at(at.required("max_points"));
  item.reason = at.required("reason").text();
  if (const auto v = at.optional("hint")) item.hint = v->text();
  item.result.findings = findings_at(at.required("findings"));
  if (const auto v = at.optional("replay")) item.replay = v->text();
  item.result.evidence = evidence_at(at.required("evidence"));
  return item;
}

LabGrade lab_at(const JsonCursor& at) {
  at.object({"lab", "title", "lab_sha256", "files_sha256", "is_skeleton", "verdict", "points", "max_points",
             "build", "notes", "scenarios"});
  LabGrade lab;
  lab.result.lab = at.required("lab").text();
  lab.title = at.required("title").text();
  lab.result.lab_sha256 = at.required("lab_sha256").text();
  lab.result.files_sha256 = at.required("files_sha256").text();
  lab.result.is_skeleton = at.required("is_skeleton").boolean();
  lab.verdict = verdict_at(at.required("verdict"));
  lab.points = points_at(at.required("points"));
  lab.max_points = points_at(at.required("max_points"));
  const JsonCursor build = at.required("build");
  build.object({"findings", "compiler_output"});
  lab.result.findings = findings_at(build.required("findings"));
  if (const auto v = build.optional("compiler_output")) lab.result.compiler_output = v->text();
  lab.result.notes = texts_at(at.required("notes"));
  for (const JsonCursor& element : at.required("scenarios").elements())
    lab.items.push_back(scored_item_at(element));
  return lab;
}

microseconds duration_at(const JsonCursor& at) {
  return microseconds(static_cast<std::int64_t>(count_at(at, kMicrosecondsEachMs)));
}

void read_item_timings(const JsonCursor& at, ScoredItem& item) {
  at.object(
      {"name", "instrument", "wall_ms", "cpu_ms", "memory_peak_kb", "ratio", "ratio_low", "ratio_high"});
  const JsonCursor name = at.required("name");
  const bool is_same = name.text() == item.result.scenario &&
                       instrument_at(at.required("instrument")) == item.result.instrument;
  if (!is_same) name.complain("the scenarios in the order of \"labs\"");
  ItemTimings& timings = item.result.timings;
  timings.wall = duration_at(at.required("wall_ms"));
  timings.cpu = duration_at(at.required("cpu_ms"));
  timings.memory_peak_bytes = count_at(at.required("memory_peak_kb"), kBytesEachKb);
  const auto ratio = at.optional("ratio");
  if (!ratio) return;
  const auto end_of = [&](std::string_view key) {
    const auto end = at.optional(key);
    return end ? end->number() : std::numeric_limits<double>::infinity();
  };
  timings.ratio = ratio->number();
  timings.ratio_low = end_of("ratio_low");
  timings.ratio_high = end_of("ratio_high");
}

void read_timings(const JsonCursor& at, std::vector<LabGrade>& labs) {
  at.object({"labs"});
  const JsonCursor all = at.required("labs");
  for (LabGrade& lab : labs) {
    const JsonCursor each = all.required(lab.result.lab);
    each.object({"build_ms", "scenarios"});
    lab.result.build_wall = duration_at(each.required("build_ms"));
    const JsonCursor scenarios = each.required("scenarios");
    const auto elements = scenarios.elements();
    if (elements.size() != lab.items.size()) scenarios.complain("as many elements as the lab has scenarios");
    for (std::size_t i = 0; i < elements.size() && i < lab.items.size(); ++i)
      read_item_timings(elements[i], lab.items[i]);
  }
}

Lateness late_at(const JsonCursor& at) {
  at.object({"submitted_at", "days", "deduction_percent", "deducted"});
  Lateness late;
  const JsonCursor submitted = at.required("submitted_at");
  if (const auto time = time_from(submitted.text()))
    late.submitted_at = *time;
  else
    submitted.complain("a time with its zone");
  late.days = at.required("days").integer(0, kDaysMax);
  late.deduction_bp = at.required("deduction_percent").hundredths(100).hundredths();
  late.deducted = points_at(at.required("deducted"));
  return late;
}

Sandbox sandbox_at(const JsonCursor& at) {
  at.object({"level", "note", "weak_accepted", "probes", "limits"});
  Sandbox sandbox;
  sandbox.level = at.required("level").term(all_sandbox_levels());
  sandbox.note = at.required("note").text();
  sandbox.weak_accepted = at.required("weak_accepted").boolean();
  for (const auto& [name, value] : at.required("probes").members())
    sandbox.probes[name] = value.term(all_probe_answers());
  for (const auto& [name, value] : at.required("limits").members()) sandbox.limits[name] = value.text();
  return sandbox;
}

Environment environment_at(const JsonCursor& at) {
  at.object({"racecourse", "compiler", "kernel", "cores", "sandbox"});
  Environment environment;
  environment.racecourse = at.required("racecourse").text();
  environment.compiler = at.required("compiler").text();
  environment.kernel = at.required("kernel").text();
  environment.cores = static_cast<int>(at.required("cores").integer(0, std::numeric_limits<int>::max()));
  environment.sandbox = sandbox_at(at.required("sandbox"));
  return environment;
}

Result<Grade> decode(const JsonDocument& document) {
  const JsonCursor root = document.root();
  root.versioned_object({"format_version", "submission", "course", "seed", "verdict", "points", "max_points",
                         "late", "labs", "environment", "timings"});
  Grade grade;
  const JsonCursor submission = root.required("submission");
  submission.object({"id", "sha256"});
  grade.submission_id = submission.required("id").text();
  grade.submission_sha256 = submission.required("sha256").text();
  grade.course = root.required("course").text();
  grade.seed = root.required("seed").natural();
  grade.verdict = verdict_at(root.required("verdict"));
  grade.points = points_at(root.required("points"));
  grade.max_points = points_at(root.required("max_points"));
  if (const auto v = root.optional("late")) grade.late = late_at(*v);
  for (const JsonCursor& element : root.required("labs").elements()) grade.labs.push_back(lab_at(element));
  grade.environment = environment_at(root.required("environment"));
  read_timings(root.required("timings"), grade.labs);
  RC_TRY(document.status());
  return grade;
}

}  // namespace

std::string grade_text(const Grade& grade) {
  ordered_json labs = ordered_json::array();
  for (const LabGrade& lab : grade.labs) labs.push_back(json_of(lab));
  ordered_json out = {
      {"format_version", 1},
      {"submission",
       {{"id", printable(grade.submission_id)}, {"sha256", printable(grade.submission_sha256)}}},
      {"course", printable(grade.course)},
      {"seed", grade.seed},
      {"verdict", to_text(grade.verdict)},
      {"points", json_of(grade.points)},
      {"max_points", json_of(grade.max_points)}};
  if (grade.late) out["late"] = json_of(*grade.late);
  out["labs"] = std::move(labs);
  out["environment"] = json_of(grade.environment);
  out["timings"] = timings_json(grade);
  return document_text(out);
}

Result<Grade> parse_grade(std::string_view text, std::string_view name) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::parse(text, name));
  return decode(document);
}

Result<Grade> read_grade(const fs::path& path) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::read(path, kOwnFileBytesMax));
  return decode(document);
}

}  // namespace racecourse
