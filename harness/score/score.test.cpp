#include "score/score.hpp"

#include <doctest/doctest.h>

using namespace racecourse;
using namespace std::chrono_literals;

namespace {

// Two scenarios: `a` under correctness (2 points) and races (3), public; `b` under correctness (5), hidden.
Course course_of_one_lab() {
  Lab lab;
  lab.name = "queue";
  lab.scenarios = {{.name = "a",
                    .title = "A holds",
                    .visibility = Visibility::public_,
                    .instruments = {{Instrument::correctness, Points::rounded(2)},
                                    {Instrument::races, Points::rounded(3)}}},
                   {.name = "b",
                    .title = "B holds",
                    .visibility = Visibility::hidden,
                    .instruments = {{Instrument::correctness, Points::rounded(5)}}}};
  Course course;
  course.labs.push_back({.lab = lab});
  return course;
}

LabResult result_with(Verdict a_correctness, Verdict a_races, Verdict b) {
  LabResult result;
  result.lab = "queue";
  const auto add = [&](const char* scenario, Instrument instrument, Verdict verdict) {
    ItemResult item{.scenario = scenario, .instrument = instrument, .verdict = verdict};
    if (verdict == Verdict::failed)
      item.findings.push_back({.kind = FindingKind::data_race, .message = "A race."});
    result.items.push_back(item);
  };
  add("a", Instrument::correctness, a_correctness);
  add("a", Instrument::races, a_races);
  add("b", Instrument::correctness, b);
  return result;
}

Grade grade_of(const Course& course, LabResult result, Audience audience = Audience::instructor) {
  return score_submission(course, {std::move(result)}, std::nullopt, audience);
}

constexpr auto kPassed = Verdict::passed;
constexpr auto kFailed = Verdict::failed;

}  // namespace

TEST_CASE("each scenario and instrument earns its own points, and every item says why") {
  const Grade grade = grade_of(course_of_one_lab(), result_with(kPassed, kFailed, kPassed));
  CHECK(grade.points.text() == "7");
  CHECK(grade.max_points.text() == "10");
  CHECK(grade.verdict == Verdict::failed);
  for (const ScoredItem& item : grade.labs[0].items) CHECK_FALSE(item.reason.empty());
  CHECK(grade.labs[0].items[1].reason == "Failed: data_race.");
}

TEST_CASE("inconclusive, and not run for lack of cores, never cost points") {
  const Grade grade =
      grade_of(course_of_one_lab(), result_with(kPassed, Verdict::inconclusive, Verdict::not_run));
  CHECK(grade.points == grade.max_points);
  CHECK(grade.verdict == Verdict::inconclusive);
}

TEST_CASE("a scenario that was not run because the submission used up the time earns nothing") {
  LabResult result = result_with(kPassed, kPassed, Verdict::not_run);
  result.items[2].findings.push_back({.kind = FindingKind::time_limit_blocked, .message = "Not run."});
  const Grade grade = grade_of(course_of_one_lab(), result);
  CHECK(grade.points.text() == "5");
  CHECK(grade.verdict == Verdict::failed);
}

TEST_CASE("what does not build earns nothing, once, and with the build's finding") {
  LabResult result = result_with(Verdict::not_run, Verdict::not_run, Verdict::not_run);
  result.findings.push_back({.kind = FindingKind::does_not_compile, .message = "No."});
  const Grade grade = grade_of(course_of_one_lab(), result);
  CHECK(grade.points.text() == "0");
  CHECK(grade.verdict == Verdict::failed);
  CHECK(grade.labs[0].items[0].reason == "Not run: the submission could not be built.");
}

TEST_CASE("a submission that tampers is not run, and every item says why") {
  LabResult result = result_with(Verdict::not_run, Verdict::not_run, Verdict::not_run);
  result.findings.push_back({.kind = FindingKind::tampering, .message = "It does."});
  const Grade grade = grade_of(course_of_one_lab(), result);
  CHECK(grade.points.text() == "0");
  CHECK(grade.verdict == Verdict::failed);
  CHECK(grade.labs[0].items[0].reason == "Not run: the submission tampers with how it is judged.");
}

TEST_CASE("partial credit: by item, by scenario, by lab") {
  Course course = course_of_one_lab();
  const LabResult result = result_with(kPassed, kFailed, kPassed);
  course.partial_credit = PartialCredit::scenario;
  CHECK(grade_of(course, result).points.text() == "5");
  course.partial_credit = PartialCredit::lab;
  CHECK(grade_of(course, result).points.text() == "0");
  CHECK(grade_of(course, result_with(kPassed, kPassed, kPassed)).points.text() == "10");
}

TEST_CASE("a student sees and is scored on public scenarios only") {
  const Grade grade =
      grade_of(course_of_one_lab(), result_with(kPassed, kPassed, kFailed), Audience::student);
  CHECK(grade.labs[0].items.size() == 2);
  CHECK(grade.max_points.text() == "5");
  CHECK(grade.verdict == Verdict::passed);
}

TEST_CASE("a lab's weight multiplies its points exactly") {
  Course course = course_of_one_lab();
  course.labs[0].weight_numerator = 150;
  course.labs[0].weight_denominator = 100;
  CHECK(grade_of(course, result_with(kPassed, kPassed, kPassed)).max_points.text() == "15");
  CHECK(grade_of(course, result_with(kFailed, kPassed, kFailed)).points.text() == "4.5");
}

TEST_CASE("lateness: begun days after the deadline, grace, and a cap") {
  const auto deadline = std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
  const LatePolicy policy{
      .deadline = deadline, .grace = 15min, .deduction_per_day_bp = 1250, .deduction_max_bp = 3000};
  CHECK(late_deduction(policy, deadline - 1s).basis_points == 0);
  CHECK(late_deduction(policy, deadline).basis_points == 0);
  CHECK(late_deduction(policy, deadline + 15min).basis_points == 0);
  CHECK(late_deduction(policy, deadline + 15min + 1s).days == 1);
  CHECK(late_deduction(policy, deadline + 15min + 1s).basis_points == 1250);
  CHECK(late_deduction(policy, deadline + 24h).days == 1);
  CHECK(late_deduction(policy, deadline + 24h + 1s).days == 2);
  CHECK(late_deduction(policy, deadline + 24h + 1s).basis_points == 2500);
  CHECK(late_deduction(policy, deadline + 240h).basis_points == 3000);

  Course course = course_of_one_lab();
  course.late = policy;
  const Grade grade =
      score_submission(course, {result_with(kPassed, kPassed, kFailed)}, deadline + 1h, Audience::instructor);
  REQUIRE(grade.late);
  // 12.5 % of the 5 points earned is 0.625, which is 0.63 to the nearest hundredth.
  CHECK(grade.late->deducted.text() == "0.63");
  CHECK(grade.points.text() == "4.37");
}
