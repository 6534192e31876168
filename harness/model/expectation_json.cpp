#include "model/expectation_json.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "model/json_reader.hpp"
#include "model/nearest_name.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kAboutCharactersMax = 1'000;

// What can be found before anything runs, and so is expected under "build".
constexpr std::array kBuildKinds = {FindingKind::missing_file,     FindingKind::unusable_file,
                                    FindingKind::does_not_compile, FindingKind::missing_function,
                                    FindingKind::compile_limit,    FindingKind::tampering};

// Tampering can show in the build and in a run.
std::vector<FindingKind> run_kinds() {
  std::vector<FindingKind> kinds;
  for (const FindingKind kind : all_finding_kinds())
    if (kind == FindingKind::tampering ||
        std::find(kBuildKinds.begin(), kBuildKinds.end(), kind) == kBuildKinds.end())
      kinds.push_back(kind);
  return kinds;
}

std::vector<FindingKind> read_kinds(const JsonCursor& at, std::span<const FindingKind> all,
                                    std::string_view what) {
  std::vector<FindingKind> kinds;
  for (const JsonCursor& element : at.some_elements()) {
    const FindingKind kind = element.term(all, what);
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
      element.complain("each kind once", " again");
    kinds.push_back(kind);
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

ExpectedFailure read_failure(const JsonCursor& at, const Lab& lab) {
  at.object({"scenario", "instrument", "findings"});
  ExpectedFailure failure;
  std::vector<std::string_view> names;
  for (const Scenario& scenario : lab.scenarios) names.push_back(scenario.name);
  const JsonCursor name = at.required("scenario");
  failure.scenario = name.text();
  const auto scenario = std::find(names.begin(), names.end(), failure.scenario);
  if (scenario == names.end()) {
    name.complain("a scenario of " + lab.name + " (" + either_of(names) + ")", name.suggestion(names));
    return failure;
  }
  std::vector<Instrument> instruments;
  for (const InstrumentPlan& plan :
       lab.scenarios[static_cast<std::size_t>(scenario - names.begin())].instruments)
    instruments.push_back(plan.instrument);
  failure.instrument = at.required("instrument").term(std::span<const Instrument>(instruments));
  const auto kinds = run_kinds();
  failure.findings = read_kinds(at.required("findings"), kinds, "the kind of a finding in a run");
  return failure;
}

void read_failures(const JsonCursor& at, const Lab& lab, const std::vector<ExpectedFailure>& others,
                   std::vector<ExpectedFailure>& failures) {
  for (const JsonCursor& element : at.some_elements()) {
    ExpectedFailure failure = read_failure(element, lab);
    const auto is_same = [&](const ExpectedFailure& other) {
      return other.scenario == failure.scenario && other.instrument == failure.instrument;
    };
    if (std::any_of(failures.begin(), failures.end(), is_same) ||
        std::any_of(others.begin(), others.end(), is_same))
      element.complain_of("each scenario and instrument once",
                          failure.scenario + " under " + std::string(to_text(failure.instrument)) + " again");
    failures.push_back(std::move(failure));
  }
}

Result<Expectation> decode(const JsonDocument& document, SpecimenKind kind, const Lab& lab) {
  const JsonCursor root = document.root();
  root.object({"$schema", "about", "fails", "may_fail", "build"});
  Expectation expectation;
  if (const auto v = root.optional("$schema")) (void)v->text();
  expectation.about = root.required("about").line(kAboutCharactersMax);
  if (const auto v = root.optional("fails")) read_failures(*v, lab, {}, expectation.fails);
  if (const auto v = root.optional("may_fail"))
    read_failures(*v, lab, expectation.fails, expectation.may_fail);
  if (const auto v = root.optional("build"))
    expectation.build = read_kinds(*v, kBuildKinds, "the kind of a finding in the build");
  const bool has_failures = !expectation.fails.empty() || !expectation.may_fail.empty();
  if (has_failures && !expectation.build.empty())
    root.complain_of("either \"build\" or failures, because nothing runs after a failed build", "both");
  const bool is_wrong = has_failures || !expectation.build.empty();
  if (kind == SpecimenKind::right && is_wrong) root.complain_of("no failures of a right specimen", "some");
  if (kind == SpecimenKind::wrong && !is_wrong)
    root.complain_of("\"fails\", \"may_fail\" or \"build\" of a wrong specimen", "none of them");
  RC_TRY(document.status());
  return expectation;
}

}  // namespace

Result<Expectation> read_expectation(const fs::path& path, SpecimenKind kind, const Lab& lab) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::read(path, kConfigurationBytesMax));
  return decode(document, kind, lab);
}

Result<Expectation> parse_expectation(std::string_view text, std::string_view name, SpecimenKind kind,
                                      const Lab& lab) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::parse(text, name));
  return decode(document, kind, lab);
}

}  // namespace racecourse
