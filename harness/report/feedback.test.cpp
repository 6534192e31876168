#include "report/feedback.hpp"

#include <doctest/doctest.h>

using namespace racecourse;

namespace {

Grade grade_of_one_lab() {
  Grade grade{.submission_id = "a", .course = "c", .verdict = Verdict::failed};
  LabGrade lab{.title = "Queues",
               .verdict = Verdict::failed,
               .points = Points::rounded(2),
               .max_points = Points::rounded(9)};
  lab.result.lab = "queue";
  ScoredItem passed{.result = {.scenario = "pops", .verdict = Verdict::passed},
                    .title = "Pop takes the oldest",
                    .points = Points::rounded(2),
                    .max_points = Points::rounded(2)};
  ScoredItem failed{
      .result = {.scenario = "crowd", .instrument = Instrument::races, .verdict = Verdict::failed},
      .title = "Many threads may push",
      .hint = "Who protects the list?",
      .max_points = Points::rounded(3),
      .replay = "make check LAB=queue SCENARIO=crowd SEED=1"};
  failed.result.findings = {
      {.kind = FindingKind::data_race, .message = "Two threads.", .places = {{"q.cpp", 3, "push"}}}};
  ScoredItem hidden = failed;
  hidden.title = "The secret scenario";
  hidden.visibility = Visibility::hidden;
  lab.items = {passed, failed, hidden};
  grade.labs = {lab};
  return grade;
}

}  // namespace

TEST_CASE("a student reads what failed, why, a hint and how to see it again") {
  const std::string text = feedback(grade_of_one_lab(), {});
  CHECK(text.find("queue  Queues: 2 of 9 points\n") == 0);
  CHECK(text.find("ok    Pop takes the oldest [correctness]  2 of 2\n") != std::string::npos);
  CHECK(text.find("FAIL  Many threads may push [races]  0 of 3\n") != std::string::npos);
  CHECK(text.find("data_race: Two threads.") != std::string::npos);
  CHECK(text.find("hint: Who protects the list?") != std::string::npos);
  CHECK(text.find("again: make check LAB=queue SCENARIO=crowd SEED=1") != std::string::npos);
  CHECK(text.find('\033') == std::string::npos);
}

TEST_CASE("what is not public is counted and not told") {
  const std::string text = feedback(grade_of_one_lab(), {});
  CHECK(text.find("secret") == std::string::npos);
  CHECK(text.find("1 more results are not shown here.") != std::string::npos);
  CHECK(feedback(grade_of_one_lab(), {.only_public = false}).find("secret") != std::string::npos);
}

TEST_CASE("an untouched skeleton gets one useful sentence instead of a list of failures") {
  Grade grade = grade_of_one_lab();
  grade.labs[0].result.is_skeleton = true;
  const std::string text = feedback(grade, {});
  CHECK(text.find("labs/queue/README.md") != std::string::npos);
  CHECK(text.find("data_race") == std::string::npos);
}

TEST_CASE("a build failure shows the compiler's words, cut to a screen") {
  Grade grade = grade_of_one_lab();
  std::string output;
  for (int i = 0; i < 100; ++i) output += "line " + std::to_string(i) + "\n";
  grade.labs[0].result.findings = {
      {.kind = FindingKind::does_not_compile, .message = "No.", .detail = output}};
  const std::string text = feedback(grade, {});
  CHECK(text.find("line 25\n") != std::string::npos);
  CHECK(text.find("line 26\n") == std::string::npos);
  CHECK(text.find("3 scenarios were not run.") != std::string::npos);
}

TEST_CASE("a text of several lines does not look like lines of the report") {
  Grade grade = grade_of_one_lab();
  grade.labs[0].result.findings = {
      {.kind = FindingKind::uncaught_exception, .message = "It said: x\n  ok  All [races]  9 of 9\n"}};
  const std::string text = feedback(grade, {});
  CHECK(text.find("It said: x\n    |   ok  All") != std::string::npos);
}

TEST_CASE("a headline names kind and places") {
  CHECK(headline({.kind = FindingKind::data_race, .places = {{"q.cpp", 3, "push"}, {"q.cpp", 9, ""}}}) ==
        "data_race at q.cpp:3 (push) and q.cpp:9");
}
