#include "model/course_json.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <system_error>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "model/json_reader.hpp"
#include "model/json_tree.hpp"
#include "model/lab_json.hpp"
#include "model/limits_json.hpp"
#include "model/nearest_name.hpp"
#include "model/time_text.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kNameCharactersMax = 200;
constexpr std::int64_t kGraceMinutesMax = 525'600;  // A year.
constexpr std::int64_t kWeightMax = 1'000;
constexpr std::int64_t kPercentMax = 100;

constexpr std::array<std::string_view, 3> kPartialCreditWords = {"item", "scenario", "lab"};
constexpr std::array kPartialCredits = {PartialCredit::item, PartialCredit::scenario, PartialCredit::lab};

std::vector<std::string_view> views_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

LatePolicy read_late(const JsonCursor& at) {
  at.object({"deadline", "grace_minutes", "deduction_per_day_percent", "deduction_max_percent"});
  LatePolicy late;
  const JsonCursor deadline = at.required("deadline");
  if (const auto time = time_from(deadline.text()))
    late.deadline = *time;
  else
    deadline.complain("a time with its zone such as 2025-03-01T23:59:00+03:00");
  if (const auto v = at.optional("grace_minutes"))
    late.grace = std::chrono::minutes(v->integer(0, kGraceMinutesMax));
  late.deduction_per_day_bp = at.required("deduction_per_day_percent").hundredths(kPercentMax).hundredths();
  if (const auto v = at.optional("deduction_max_percent"))
    late.deduction_max_bp = v->hundredths(kPercentMax).hundredths();
  return late;
}

// One entry of "labs": a name, or an object with changes.
struct Entry {
  std::string name;
  JsonCursor name_at;
  std::optional<JsonCursor> changes;
};

std::vector<Entry> read_entries(const JsonCursor& at, const AvailableLabs& labs) {
  const auto known = views_of(labs.names);
  std::vector<Entry> entries;
  for (const JsonCursor& element : at.some_elements()) {
    Entry entry{.name = {}, .name_at = element, .changes = std::nullopt};
    if (element.is_object()) {
      element.object({"lab", "weight", "limits", "wall_total_ms", "scenarios"});
      entry.changes = element;
      entry.name_at = element.required("lab");
    }
    entry.name = entry.name_at.text();
    if (std::find(known.begin(), known.end(), entry.name) == known.end())
      entry.name_at.complain("a lab (" + either_of(known) + ")", entry.name_at.suggestion(known));
    if (std::any_of(entries.begin(), entries.end(),
                    [&](const Entry& other) { return other.name == entry.name; }))
      entry.name_at.complain("each lab once", " again");
    entries.push_back(std::move(entry));
  }
  return entries;
}

// "points" of one scenario: an object by instrument, or just the number where there is one instrument only.
void change_points(const JsonCursor& at, Scenario& scenario) {
  std::vector<std::string_view> words;
  for (const InstrumentPlan& plan : scenario.instruments) words.push_back(to_text(plan.instrument));
  if (at.is_number()) {
    if (scenario.instruments.size() == 1)
      scenario.instruments.front().points = at.hundredths(kItemPointsMax);
    else
      at.complain("an object with points by instrument (" + either_of(words) + ")");
    return;
  }
  if (!at.is_object()) return at.complain("a number ≥ 0 or an object with points by instrument");
  for (const auto& [key, value] : at.members()) {
    const auto word = std::find(words.begin(), words.end(), key);
    const Points points = value.hundredths(kItemPointsMax);
    if (word != words.end())
      scenario.instruments[static_cast<std::size_t>(word - words.begin())].points = points;
    else
      value.complain_of("an instrument of this scenario (" + either_of(words) + ")", shown_text(key));
  }
}

void change_scenarios(const JsonCursor& at, Lab& lab) {
  std::vector<std::string_view> known;
  for (const Scenario& scenario : lab.scenarios) known.push_back(scenario.name);
  for (const auto& [key, value] : at.members()) {
    const auto name = std::find(known.begin(), known.end(), key);
    if (name == known.end()) {
      const auto nearest = nearest_name(key, known);
      value.complain_of(
          "a scenario of " + lab.name + " (" + either_of(known) + ")",
          shown_text(key) + (nearest ? " (did you mean \"" + std::string(*nearest) + "\"?)" : std::string()));
      return;
    }
    Scenario& scenario = lab.scenarios[static_cast<std::size_t>(name - known.begin())];
    value.object({"points", "visibility", "limits"});
    if (const auto v = value.optional("points")) change_points(*v, scenario);
    if (const auto v = value.optional("visibility")) scenario.visibility = v->term(all_visibilities());
    if (const auto v = value.optional("limits")) scenario.limits = limits_over(*v, scenario.limits);
  }
}

void change(const JsonCursor& at, CourseLab& course_lab) {
  Lab& lab = course_lab.lab;
  if (const auto v = at.optional("weight")) {
    const std::int64_t hundredths = v->hundredths(kWeightMax).hundredths();
    const std::int64_t divisor = std::gcd(hundredths, std::int64_t{100});
    course_lab.weight_numerator = hundredths / divisor;
    course_lab.weight_denominator = 100 / divisor;
  }
  if (const auto v = at.optional("wall_total_ms")) lab.wall_total = wall_total_at(*v);
  if (const auto v = at.optional("limits"))
    for (Scenario& scenario : lab.scenarios) scenario.limits = limits_over(*v, scenario.limits);
  if (const auto v = at.optional("scenarios")) change_scenarios(*v, lab);
  lab.sha256 = lab_sha256(lab);
}

bool has_points(const Course& course) {
  for (const CourseLab& each : course.labs)
    for (const Scenario& scenario : each.lab.scenarios)
      for (const InstrumentPlan& plan : scenario.instruments)
        if (plan.points.scaled(each.weight_numerator, each.weight_denominator) > Points{}) return true;
  return false;
}

Result<Course> decode(const JsonDocument& document, const AvailableLabs& labs) {
  const JsonCursor root = document.root();
  root.versioned_object({"$schema", "format_version", "course", "seed", "partial_credit", "late", "labs"});
  Course course;
  if (const auto v = root.optional("$schema")) (void)v->text();
  course.name = root.required("course").line(kNameCharactersMax);
  if (const auto v = root.optional("seed")) course.seed = v->natural();
  if (const auto v = root.optional("partial_credit"))
    course.partial_credit = kPartialCredits[v->choice(kPartialCreditWords)];
  if (const auto v = root.optional("late")) course.late = read_late(*v);
  std::vector<Entry> entries;
  if (const auto v = root.optional("labs")) {
    entries = read_entries(*v, labs);
  } else {
    for (const std::string& name : labs.names)
      entries.push_back({.name = name, .name_at = root, .changes = {}});
  }
  RC_TRY(document.status());
  for (const Entry& entry : entries) {
    RC_ASSIGN(Lab lab, labs.read(entry.name));
    course.labs.push_back({.lab = std::move(lab)});
    if (entry.changes) change(*entry.changes, course.labs.back());
  }
  if (!has_points(course)) root.complain_of("points above 0 for at least one scenario", "0 for all of them");
  RC_TRY(document.status());
  return course;
}

}  // namespace

Result<AvailableLabs> labs_below(const fs::path& root) {
  AvailableLabs labs;
  std::error_code code;
  fs::directory_iterator at(root / "labs", code);
  for (; !code && at != fs::directory_iterator(); at.increment(code)) {
    std::error_code absent;
    if (fs::exists(at->path() / "lab.json", absent)) labs.names.push_back(at->path().filename().string());
  }
  const std::string shown = printable((root / "labs").native());
  if (code) return usage_error("read the folder " + shown + ": " + code.message());
  if (labs.names.empty())
    return usage_error("find a lab in " + shown + ": none of its folders holds a lab.json");
  std::sort(labs.names.begin(), labs.names.end());
  labs.read = [root](const std::string& name) {
    return read_lab(root / "labs" / name, root / "reference" / name, root / "student_template" / name);
  };
  return labs;
}

Result<Course> read_course(const fs::path& path, const AvailableLabs& labs) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::read(path, kConfigurationBytesMax));
  return decode(document, labs);
}

Result<Course> parse_course(std::string_view text, std::string_view name, const AvailableLabs& labs) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::parse(text, name));
  return decode(document, labs);
}

}  // namespace racecourse
