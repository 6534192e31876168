#include "model/lab_json.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <system_error>

#include "base/files.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "model/json_reader.hpp"
#include "model/json_tree.hpp"
#include "model/limits_json.hpp"
#include "model/nearest_name.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kTitleCharactersMax = 200;
constexpr std::size_t kHintCharactersMax = 2'000;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kExportCharactersMax = 1'000;
constexpr std::int64_t kRunsMax = 100;
constexpr double kRatioMaxMax = 100;
constexpr std::int64_t kCoresMax = 1'024;

// The instruments a lab may name today, in the order in which they run and are reported.
constexpr std::array kAvailable = {Instrument::correctness, Instrument::races, Instrument::schedules,
                                   Instrument::speed};
constexpr std::int64_t kExecutionsMax = 1'000'000;
constexpr std::int64_t kStepsMax = 10'000'000;
constexpr std::int64_t kPreemptionsMax = 100;
constexpr std::int64_t kAdversityMax = 10;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words of lowercase letters and digits with single underscores between them, the first one beginning with a
// letter.
bool is_snake_case(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !is_lower(name.front()) || name.back() == '_')
    return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_lower(name[i]) && !is_digit(name[i]) && name[i] != '_') return false;
    if (name[i] == '_' && name[i - 1] == '_') return false;
  }
  return true;
}

// A name that is the same on every system and in every command line: no folder, no space, no leading '.' or
// '-'.
bool is_plain_file_name(std::string_view name) {
  const auto is_word = [](char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; };
  if (name.empty() || name.size() > kNameBytesMax || !is_word(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_file(const fs::path& path) {
  std::error_code code;
  return fs::is_regular_file(path, code);
}

// The regular files below `folder`, relative, sorted by their bytes.
Result<std::vector<std::string>> files_below(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  fs::recursive_directory_iterator at(folder, code);
  for (; !code && at != fs::recursive_directory_iterator(); at.increment(code)) {
    // A link is listed, whatever it leads to, and then refused by read_file: what is not hashed must not be
    // used.
    std::error_code type_code;
    if (!fs::is_directory(at->symlink_status(type_code)))
      names.push_back(at->path().lexically_relative(folder).generic_string());
  }
  if (code) return usage_error("read the folder " + printable(folder.native()) + ": " + code.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<> hash_folder(Sha256& hash, const fs::path& folder, const std::vector<std::string>& names) {
  hash.field(std::uint64_t{names.size()});
  for (const std::string& name : names) {
    RC_ASSIGN(const std::string content, read_file(folder / name));
    hash.field(name).field(content);
  }
  return {};
}

// The member's name must be an instrument, and one that exists already.
std::optional<Instrument> instrument_at(const JsonCursor::Member& member) {
  std::vector<std::string_view> words;
  for (const Instrument each : kAvailable) words.push_back(to_text(each));
  const auto named = instrument_from(member.key);
  if (named && std::find(kAvailable.begin(), kAvailable.end(), *named) != kAvailable.end()) return named;
  const std::string got = shown_text(member.key);
  const auto nearest = nearest_name(member.key, words);
  std::string remark;
  if (named)
    remark = ", which is not available yet";
  else if (nearest)
    remark = " (did you mean \"" + std::string(*nearest) + "\"?)";
  member.value.complain_of(either_of(words), got + remark);
  return std::nullopt;
}

InstrumentPlan* plan_of(Scenario& scenario, Instrument instrument) {
  const auto at = std::find_if(scenario.instruments.begin(), scenario.instruments.end(),
                               [&](const InstrumentPlan& plan) { return plan.instrument == instrument; });
  return at == scenario.instruments.end() ? nullptr : &*at;
}

void read_points(const JsonCursor& at, Scenario& scenario) {
  const auto members = at.members();
  if (at.is_object() && members.empty())
    at.complain_of("points for at least one instrument", "an empty object");
  for (const auto& member : members) {
    const auto instrument = instrument_at(member);
    if (!instrument) continue;
    InstrumentPlan plan;
    plan.instrument = *instrument;
    plan.points = member.value.hundredths(kItemPointsMax);
    if (*instrument == Instrument::races) plan.runs = kRacesRunsDefault;
    scenario.instruments.push_back(plan);
  }
  std::sort(scenario.instruments.begin(), scenario.instruments.end(),
            [](const InstrumentPlan& a, const InstrumentPlan& b) { return a.instrument < b.instrument; });
}

void read_runs(const JsonCursor& at, Scenario& scenario) {
  at.object({"correctness", "races"});
  for (const auto& [key, value] : at.members()) {
    const auto instrument = instrument_from(key);
    if (!instrument) continue;  // object() has complained.
    const int runs = static_cast<int>(value.integer(1, kRunsMax));
    if (InstrumentPlan* plan = plan_of(scenario, *instrument))
      plan->runs = runs;
    else
      value.complain_of("an instrument that has points", "\"" + key + "\"");
  }
}

void read_ratio_max(const JsonCursor& at, Scenario& scenario) {
  const double ratio = at.is_number() ? at.number() : 0;
  if (!(ratio > 1 && ratio <= kRatioMaxMax)) at.complain("a number above 1 and at most 100");
  if (InstrumentPlan* plan = plan_of(scenario, Instrument::speed))
    plan->ratio_max = ratio;
  else
    at.complain_of("ratio_max only where \"points\" names speed", "it without");
}

void read_memory_model(const JsonCursor& at, Scenario& scenario) {
  const std::string model = at.text();
  if (model != "sequential" && model != "c++20") at.complain("\"sequential\" or \"c++20\"");
  if (InstrumentPlan* plan = plan_of(scenario, Instrument::schedules))
    plan->schedules.weak_memory = model == "c++20";
  else
    at.complain_of("memory_model only where \"points\" names schedules", "it without");
}

void read_schedules(const JsonCursor& at, Scenario& scenario) {
  at.object({"executions", "steps", "preemptions", "early_timeouts", "spurious_wakeups", "weak_failures",
             "creation_failures", "stopped_threads"});
  SchedulePlan plan;
  if (InstrumentPlan* known = plan_of(scenario, Instrument::schedules)) plan = known->schedules;
  const auto read = [&](std::string_view key, std::int64_t min, std::int64_t max, std::int64_t& value) {
    if (const auto v = at.optional(key)) value = v->integer(min, max);
  };
  read("executions", 1, kExecutionsMax, plan.executions);
  read("steps", 100, kStepsMax, plan.steps);
  read("preemptions", 0, kPreemptionsMax, plan.preemptions);
  read("early_timeouts", 0, kAdversityMax, plan.early_timeouts);
  read("spurious_wakeups", 0, kAdversityMax, plan.spurious_wakeups);
  read("weak_failures", 0, kAdversityMax, plan.weak_failures);
  read("creation_failures", 0, kAdversityMax, plan.creation_failures);
  read("stopped_threads", 0, kAdversityMax, plan.stopped_threads);
  if (InstrumentPlan* known = plan_of(scenario, Instrument::schedules))
    known->schedules = plan;
  else
    at.complain_of("\"schedules\" only where \"points\" names schedules", "it without");
}

Scenario read_scenario(const JsonCursor& at, const Limits& lab_limits) {
  at.object({"name", "title", "hint", "visibility", "points", "runs", "ratio_max", "memory_model",
             "schedules", "values_vary", "judged_inside", "cores_min", "limits"});
  Scenario scenario;
  const JsonCursor name = at.required("name");
  scenario.name = name.text();
  if (!is_snake_case(scenario.name)) name.complain("a snake_case name of at most 64 characters");
  scenario.title = at.required("title").line(kTitleCharactersMax);
  if (const auto v = at.optional("hint")) scenario.hint = v->text(kHintCharactersMax);
  if (const auto v = at.optional("visibility")) scenario.visibility = v->term(all_visibilities());
  read_points(at.required("points"), scenario);
  if (const auto v = at.optional("runs")) read_runs(*v, scenario);
  if (const auto v = at.optional("ratio_max")) read_ratio_max(*v, scenario);
  if (const auto v = at.optional("memory_model")) read_memory_model(*v, scenario);
  if (const auto v = at.optional("schedules")) read_schedules(*v, scenario);
  if (const auto v = at.optional("values_vary")) scenario.values_vary = v->boolean();
  if (const auto v = at.optional("judged_inside")) scenario.judged_inside = v->boolean();
  if (const auto v = at.optional("cores_min"))
    scenario.cores_min = static_cast<int>(v->integer(1, kCoresMax));
  scenario.limits = lab_limits;
  if (const auto v = at.optional("limits")) scenario.limits = limits_over(*v, lab_limits);
  return scenario;
}

void read_scenarios(const JsonCursor& at, const Limits& lab_limits, Lab& lab) {
  for (const JsonCursor& element : at.some_elements()) {
    Scenario scenario = read_scenario(element, lab_limits);
    const JsonCursor name = element.required("name");
    const bool is_known = std::any_of(lab.scenarios.begin(), lab.scenarios.end(),
                                      [&](const Scenario& other) { return other.name == scenario.name; });
    if (is_known) name.complain("each scenario once", " again");
    if (!is_file(lab.folder / "scenarios" / (scenario.name + ".cpp")))
      name.complain("the name of a file scenarios/<name>.cpp");
    lab.scenarios.push_back(std::move(scenario));
  }
}

void read_files(const JsonCursor& at, Lab& lab) {
  for (const JsonCursor& element : at.some_elements()) {
    const std::string name = element.text();
    if (!is_plain_file_name(name)) element.complain("a plain file name such as queue.cpp");
    if (std::find(lab.files.begin(), lab.files.end(), name) != lab.files.end())
      element.complain("each file once", " again");
    if (std::find(lab.headers.begin(), lab.headers.end(), name) != lab.headers.end())
      element.complain("a file that is not in include/");
    if (!is_file(lab.reference_folder / name)) element.complain("a file that the reference solution has too");
    lab.files.push_back(name);
  }
}

void read_exports(const JsonCursor& at, Lab& lab) {
  for (const JsonCursor& element : at.elements()) {
    lab.exports.push_back(element.line(kExportCharactersMax));
    if (std::count(lab.exports.begin(), lab.exports.end(), lab.exports.back()) > 1)
      element.complain("each function once", " again");
  }
}

void read_may_use(const JsonCursor& at, Lab& lab) {
  for (const JsonCursor& element : at.elements()) {
    const Permission permission = element.term(all_permissions());
    if (std::count(lab.may_use.begin(), lab.may_use.end(), permission) > 0)
      element.complain("each permission once", " again");
    lab.may_use.push_back(permission);
  }
  std::sort(lab.may_use.begin(), lab.may_use.end());
}

Points points_of(const Lab& lab) {
  Points sum;
  for (const Scenario& scenario : lab.scenarios)
    for (const InstrumentPlan& plan : scenario.instruments) sum += plan.points;
  return sum;
}

void decode(const JsonCursor& root, const std::string& folder_name, Lab& lab) {
  root.versioned_object({"$schema", "format_version", "lab", "title", "files", "exports", "may_use",
                         "skeleton_points", "wall_total_ms", "limits", "min_level", "scenarios"});
  if (const auto v = root.optional("$schema")) (void)v->text();
  const JsonCursor name = root.required("lab");
  lab.name = name.text();
  if (!is_snake_case(lab.name)) name.complain("a snake_case name of at most 64 characters");
  if (lab.name != folder_name) name.complain("\"" + folder_name + "\", the name of its folder");
  lab.title = root.required("title").line(kTitleCharactersMax);
  read_files(root.required("files"), lab);
  read_exports(root.required("exports"), lab);
  if (const auto v = root.optional("may_use")) read_may_use(*v, lab);
  if (const auto v = root.optional("wall_total_ms")) lab.wall_total = wall_total_at(*v);
  Limits limits;
  if (const auto v = root.optional("limits")) limits = limits_over(*v, limits);
  if (const auto v = root.optional("min_level")) lab.min_level = v->term(all_sandbox_levels());
  read_scenarios(root.required("scenarios"), limits, lab);
  if (const auto v = root.optional("skeleton_points")) {
    lab.skeleton_points = v->hundredths(kItemPointsMax);
    if (lab.skeleton_points > points_of(lab))
      v->complain("at most the lab's " + points_of(lab).text() + " points");
  }
}

}  // namespace

std::string lab_sha256(const Lab& lab) {
  Sha256 hash;
  hash.field("racecourse lab 1").field(lab.name).field(lab.sources_sha256);
  hash.field(std::uint64_t{lab.files.size()});
  for (const std::string& file : lab.files) hash.field(file);
  hash.field(std::uint64_t{lab.exports.size()});
  for (const std::string& function : lab.exports) hash.field(function);
  hash.field(std::uint64_t{lab.may_use.size()});
  for (const Permission permission : lab.may_use) hash.field(to_text(permission));
  hash.field(static_cast<std::uint64_t>(lab.wall_total.count()));
  hash.field(std::uint64_t{lab.scenarios.size()});
  for (const Scenario& scenario : lab.scenarios) {
    const Limits& limits = scenario.limits;
    hash.field(scenario.name).field(std::uint64_t{scenario.values_vary});
    hash.field(static_cast<std::uint64_t>(scenario.cores_min));
    hash.field(static_cast<std::uint64_t>(limits.wall.count()))
        .field(static_cast<std::uint64_t>(limits.cpu.count()));
    hash.field(limits.memory_bytes).field(limits.processes).field(limits.open_files);
    hash.field(limits.file_bytes).field(limits.output_bytes);
    hash.field(std::uint64_t{scenario.instruments.size()});
    for (const InstrumentPlan& plan : scenario.instruments) {
      hash.field(to_text(plan.instrument)).field(static_cast<std::uint64_t>(plan.runs));
      hash.field(std::bit_cast<std::uint64_t>(plan.ratio_max));
      const SchedulePlan& schedules = plan.schedules;
      for (const std::int64_t number :
           {schedules.executions, schedules.steps, schedules.preemptions, std::int64_t{schedules.weak_memory},
            schedules.early_timeouts, schedules.spurious_wakeups, schedules.weak_failures,
            schedules.creation_failures, schedules.stopped_threads})
        hash.field(static_cast<std::uint64_t>(number));
    }
  }
  return hash.hex();
}

Result<Lab> read_lab(const fs::path& folder, const fs::path& reference_folder,
                     const fs::path& template_folder) {
  // The canonical path has no empty last part, as "labs/queue/" has, and has a name even for ".".
  std::error_code code;
  const fs::path canonical = fs::canonical(folder, code);
  if (code) return usage_error("read the lab " + printable(folder.native()) + ": " + code.message());
  Lab lab;
  lab.folder = folder;
  lab.reference_folder = reference_folder;
  lab.template_folder = template_folder;
  RC_ASSIGN(const JsonDocument document, JsonDocument::read(folder / "lab.json", kConfigurationBytesMax));
  RC_ASSIGN(lab.headers, files_below(lab.folder / "include"));
  if (lab.headers.empty())
    return usage_error("read the folder " + printable((folder / "include").native()) +
                       ": it holds no header");
  decode(document.root(), printable(canonical.filename().native()), lab);
  RC_TRY(document.status());
  RC_ASSIGN(const auto scenario_files, files_below(lab.folder / "scenarios"));
  RC_ASSIGN(const auto reference_files, files_below(reference_folder));
  Sha256 hash;
  RC_TRY(hash_folder(hash, lab.folder / "include", lab.headers));
  RC_TRY(hash_folder(hash, lab.folder / "scenarios", scenario_files));
  RC_TRY(hash_folder(hash, reference_folder, reference_files));
  lab.sources_sha256 = hash.hex();
  lab.sha256 = lab_sha256(lab);
  return lab;
}

}  // namespace racecourse
