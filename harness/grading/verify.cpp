#include "grading/verify.hpp"

#include <algorithm>
#include <array>

#include "base/files.hpp"
#include "base/text.hpp"
#include "model/expectation_json.hpp"
#include "submission/take_in.hpp"

namespace racecourse {

namespace {

struct Specimen {
  std::string name;
  SpecimenRole role = SpecimenRole::right;
  fs::path folder;
  Expectation expectation;
};

Result<> add_specimens(const Lab& lab, SpecimenRole role, const std::string& only,
                       std::vector<Specimen>& specimens) {
  const fs::path parent = lab.folder / "specimens" / to_text(role);
  std::vector<fs::path> folders;
  std::error_code code;
  for (fs::directory_iterator it(parent, code), end; !code && it != end; it.increment(code))
    if (it->is_directory(code) && (only.empty() || it->path().filename() == only))
      folders.push_back(it->path());
  if (code) return environment_error("list " + printable(parent.native()) + ": " + code.message());
  std::ranges::sort(folders);
  for (const fs::path& folder : folders) {
    const SpecimenKind kind = role == SpecimenRole::right ? SpecimenKind::right : SpecimenKind::wrong;
    RC_ASSIGN(Expectation expectation, read_expectation(folder / "expect.json", kind, lab));
    specimens.push_back({folder.filename().native(), role, folder, std::move(expectation)});
  }
  return {};
}

std::vector<FindingKind> kinds_of(const std::vector<Finding>& findings) {
  std::vector<FindingKind> kinds;
  for (const Finding& finding : findings) kinds.push_back(finding.kind);
  std::ranges::sort(kinds);
  const auto repeated = std::ranges::unique(kinds);
  kinds.erase(repeated.begin(), repeated.end());
  return kinds;
}

std::string list(const std::vector<FindingKind>& kinds) {
  std::string text;
  for (const FindingKind kind : kinds) text += (text.empty() ? "" : ", ") + std::string(to_text(kind));
  return text.empty() ? "nothing" : text;
}

std::string name_of(const std::string& scenario, Instrument instrument) {
  return scenario + " [" + std::string(to_text(instrument)) + "]";
}

const ExpectedFailure* find(const std::vector<ExpectedFailure>& failures, const ItemResult& item) {
  for (const ExpectedFailure& failure : failures)
    if (failure.scenario == item.scenario && failure.instrument == item.instrument) return &failure;
  return nullptr;
}

// Every way in which the result is not what the label says.
std::vector<std::string> compare(const LabResult& result, const Expectation& expectation) {
  std::vector<std::string> surprises;
  const std::vector<FindingKind> built = kinds_of(result.findings);
  if (built != expectation.build)
    surprises.push_back("build: expected " + list(expectation.build) + ", found " + list(built));
  if (!built.empty()) return surprises;
  for (const ItemResult& item : result.items) {
    const std::string name = name_of(item.scenario, item.instrument);
    const std::vector<FindingKind> kinds = kinds_of(item.findings);
    const ExpectedFailure* wanted = find(expectation.fails, item);
    const ExpectedFailure* allowed = find(expectation.may_fail, item);
    if (item.verdict == Verdict::failed && wanted == nullptr && allowed == nullptr)
      surprises.push_back(name + ": expected to pass, found " + list(kinds) + ": " +
                          item.findings.front().message);
    else if (item.verdict == Verdict::failed && kinds != (wanted != nullptr ? wanted : allowed)->findings)
      surprises.push_back(name + ": expected " + list((wanted != nullptr ? wanted : allowed)->findings) +
                          ", found " + list(kinds) + ": " + item.findings.front().message);
    // A measurement that a busy machine leaves open says nothing about the lab; anything else that is open
    // does.
    else if (item.verdict == Verdict::inconclusive && item.instrument != Instrument::speed)
      surprises.push_back(name + ": inconclusive");
    else if (item.verdict == Verdict::passed && wanted != nullptr)
      surprises.push_back(name + ": expected " + list(wanted->findings) + ", but it passed");
  }
  return surprises;
}

Points points_of(const Lab& lab, const LabResult& result) {
  Points points;
  for (const ItemResult& item : result.items)
    for (const Scenario& scenario : lab.scenarios)
      for (const InstrumentPlan& plan : scenario.instruments)
        if (scenario.name == item.scenario && plan.instrument == item.instrument &&
            item.verdict == Verdict::passed)
          points += plan.points;
  return points;
}

std::vector<std::string> surprises_of(const Specimen& specimen, const Lab& lab, const LabResult& result) {
  if (specimen.role != SpecimenRole::skeleton) return compare(result, specimen.expectation);
  std::vector<std::string> surprises;
  if (!result.findings.empty())
    surprises.push_back("the skeleton does not build: " + result.findings.front().message);
  const Points points = points_of(lab, result);
  if (points != lab.skeleton_points)
    surprises.push_back("the skeleton scores " + points.text() + " points, recorded are " +
                        lab.skeleton_points.text());
  if (!result.is_skeleton) surprises.push_back("the skeleton is not recognised as one");
  return surprises;
}

}  // namespace

std::string_view to_text(SpecimenRole role) {
  switch (role) {
    case SpecimenRole::reference:
      return "reference";
    case SpecimenRole::skeleton:
      return "skeleton";
    case SpecimenRole::right:
      return "right";
    case SpecimenRole::wrong:
      break;
  }
  return "wrong";
}

Result<std::vector<SpecimenReport>> verify_lab(const Lab& lab, const Examiner& examiner,
                                               const std::string& only) {
  std::vector<Specimen> specimens = {{"reference", SpecimenRole::reference, lab.reference_folder, {}},
                                     {"skeleton", SpecimenRole::skeleton, lab.template_folder, {}}};
  RC_TRY(add_specimens(lab, SpecimenRole::right, only, specimens));
  RC_TRY(add_specimens(lab, SpecimenRole::wrong, only, specimens));
  if (!only.empty())
    std::erase_if(specimens, [&](const Specimen& specimen) { return specimen.name != only; });
  std::vector<Result<SpecimenReport>> reports(specimens.size(), SpecimenReport{});
  std::vector<Crew::Task> tasks;
  for (std::size_t i = 0; i < specimens.size(); ++i) {
    tasks.emplace_back([&, i] {
      const Specimen& specimen = specimens[i];
      reports[i] = [&]() -> Result<SpecimenReport> {
        RC_ASSIGN(const Submission submission,
                  take_in({.id = specimen.name, .path = specimen.folder}, std::array{&lab}));
        RC_ASSIGN(LabResult result, examine_lab(submission.labs.front(), lab, examiner));
        SpecimenReport report{.lab = lab.name,
                              .name = specimen.name,
                              .role = specimen.role,
                              .about = specimen.expectation.about,
                              .result = {},
                              .surprises = surprises_of(specimen, lab, result)};
        report.result = std::move(result);
        return report;
      }();
    });
  }
  examiner.crew.run_all(std::move(tasks));
  std::vector<SpecimenReport> done;
  for (Result<SpecimenReport>& report : reports) {
    if (!report) return std::unexpected(std::move(report).error());
    done.push_back(*std::move(report));
  }
  return done;
}

}  // namespace racecourse
