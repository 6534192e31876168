#include "score/score.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace racecourse {

namespace {

const Scenario& scenario_of(const Lab& lab, const ItemResult& item) {
  for (const Scenario& scenario : lab.scenarios)
    if (scenario.name == item.scenario) return scenario;
  check_failed("the result's scenario is in the lab", "results are scored with the lab that made them");
}

Points full_points(const CourseLab& lab, const ItemResult& item) {
  for (const InstrumentPlan& plan : scenario_of(lab.lab, item).instruments)
    if (plan.instrument == item.instrument)
      return plan.points.scaled(lab.weight_numerator, lab.weight_denominator);
  check_failed("the result's instrument is in the scenario",
               "results are scored with the lab that made them");
}

// An inconclusive measurement and a scenario that this machine cannot run never cost points.
bool earns(const ItemResult& item) {
  return item.verdict == Verdict::passed || item.verdict == Verdict::inconclusive ||
         (item.verdict == Verdict::not_run && item.findings.empty());
}

std::string reason_not_run(const std::vector<Finding>& findings) {
  const bool tampers = std::ranges::count(findings, FindingKind::tampering, &Finding::kind) > 0;
  return tampers ? "Not run: the submission tampers with how it is judged."
                 : "Not run: the submission could not be built.";
}

std::string reason_for(const ScoredItem& item, bool earned_alone, bool earned, PartialCredit credit) {
  switch (item.result.verdict) {
    case Verdict::inconclusive:
      return "Inconclusive on this machine: full points, nothing is deducted.";
    case Verdict::not_run:
      return earned ? "Not run on this machine: full points, nothing is deducted."
                    : "Not run: the time for this lab was used up.";
    case Verdict::failed:
      return "Failed: " + std::string(to_text(item.result.findings.front().kind)) + ".";
    case Verdict::passed:
      break;
  }
  if (earned_alone && !earned)
    return credit == PartialCredit::scenario
               ? "Passed, but the scenario counts only if all its instruments pass."
               : "Passed, but the lab counts only if everything in it passes.";
  return "Passed.";
}

// Whether an item that earns its points alone still earns them under the course's rule.
bool earns_together(const std::vector<ScoredItem>& items, const ScoredItem& item, PartialCredit credit) {
  return std::ranges::all_of(items, [&](const ScoredItem& other) {
    const bool together = credit == PartialCredit::lab || (credit == PartialCredit::scenario &&
                                                           other.result.scenario == item.result.scenario);
    return !together || earns(other.result);
  });
}

Verdict verdict_of(const LabGrade& lab) {
  if (!lab.result.findings.empty()) return Verdict::failed;
  bool inconclusive = false;
  for (const ScoredItem& item : lab.items) {
    if (!earns(item.result)) return Verdict::failed;
    inconclusive |= item.result.verdict != Verdict::passed;
  }
  return inconclusive ? Verdict::inconclusive : Verdict::passed;
}

LabGrade score_lab(const CourseLab& course_lab, LabResult result, PartialCredit credit, Audience audience) {
  LabGrade grade;
  grade.title = course_lab.lab.title;
  const bool built = result.findings.empty();
  for (ItemResult& item : result.items) {
    const Scenario& scenario = scenario_of(course_lab.lab, item);
    if (audience == Audience::student && scenario.visibility != Visibility::public_) continue;
    ScoredItem scored;
    scored.title = scenario.title;
    scored.hint = scenario.hint;
    scored.visibility = scenario.visibility;
    scored.max_points = full_points(course_lab, item);
    scored.result = std::move(item);
    grade.items.push_back(std::move(scored));
  }
  result.items.clear();
  grade.result = std::move(result);
  for (ScoredItem& item : grade.items) {
    const bool alone = built && earns(item.result);
    const bool earned = alone && earns_together(grade.items, item, credit);
    if (earned) item.points = item.max_points;
    item.reason = built ? reason_for(item, alone, earned, credit) : reason_not_run(grade.result.findings);
    grade.points += item.points;
    grade.max_points += item.max_points;
  }
  grade.verdict = verdict_of(grade);
  return grade;
}

void apply_lateness(const Course& course, std::optional<std::chrono::sys_seconds> submitted_at,
                    Grade& grade) {
  if (!course.late || !submitted_at) return;
  const LateDeduction deduction = late_deduction(*course.late, *submitted_at);
  const Points deducted = grade.points.scaled(deduction.basis_points, 10'000);
  grade.late = Lateness{*submitted_at, deduction.days, deduction.basis_points, deducted};
  grade.points = grade.points - deducted;
}

}  // namespace

LateDeduction late_deduction(const LatePolicy& policy, std::chrono::sys_seconds submitted_at) {
  const auto late = submitted_at - policy.deadline;
  if (late <= policy.grace) return {};
  constexpr auto kDay = std::chrono::seconds(std::chrono::days(1));
  const std::int64_t days = (late.count() + kDay.count() - 1) / kDay.count();
  // Begun days are bounded before the multiplication: a date in another century must not overflow.
  const std::int64_t counted = std::min<std::int64_t>(days, 10'000);
  return {days, std::min(counted * policy.deduction_per_day_bp, policy.deduction_max_bp)};
}

Grade score_submission(const Course& course, std::vector<LabResult> results,
                       std::optional<std::chrono::sys_seconds> submitted_at, Audience audience) {
  RC_CHECK(results.size() == course.labs.size(), "every lab of the course has a result");
  Grade grade;
  grade.course = course.name;
  grade.seed = course.seed;
  grade.verdict = Verdict::passed;
  for (std::size_t i = 0; i < results.size(); ++i) {
    LabGrade lab = score_lab(course.labs[i], std::move(results[i]), course.partial_credit, audience);
    grade.points += lab.points;
    grade.max_points += lab.max_points;
    // The worst verdict of the labs: failed, then inconclusive, then passed.
    if (lab.verdict == Verdict::failed || grade.verdict == Verdict::passed) grade.verdict = lab.verdict;
    grade.labs.push_back(std::move(lab));
  }
  apply_lateness(course, submitted_at, grade);
  return grade;
}

}  // namespace racecourse
