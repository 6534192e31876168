#include "report/class_report.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace racecourse;

namespace {

ClassSummary summary_of_three() {
  ClassSummary summary{.course = "c", .seed = 7, .labs = {"queue"}, .rows = {}};
  summary.rows.push_back({.id = "ann",
                          .verdict = Verdict::passed,
                          .points = Points::rounded(9),
                          .max_points = Points::rounded(9),
                          .sandbox_level = SandboxLevel::s4,
                          .labs = {{Verdict::passed, Points::rounded(9), Points::rounded(9)}}});
  summary.rows.push_back({.id = "=cmd()",
                          .verdict = Verdict::failed,
                          .points = Points::rounded(4.5),
                          .max_points = Points::rounded(9),
                          .days_late = 2,
                          .sandbox_level = SandboxLevel::s1,
                          .weak_accepted = true,
                          .labs = {{Verdict::failed, Points::rounded(4.5), Points::rounded(9)}},
                          .kinds = {FindingKind::data_race, FindingKind::crash},
                          .worst = "data_race at q.cpp:3"});
  summary.rows.push_back({.id = "zoë, \"z\"", .error = "failed to run: no memory"});
  return summary;
}

}  // namespace

TEST_CASE("the CSV is quoted, has no formulas, and leaves the cells of an ungraded submission empty") {
  CHECK(class_csv(summary_of_three()) ==
        "submission,points,max_points,verdict,days_late,queue,queue_max,findings,sandbox,weak_accepted,"
        "error\r\n"
        "ann,9,9,passed,0,9,9,,S4,no,\r\n"
        "'=cmd(),4.5,9,failed,2,4.5,9,data_race crash,S1,yes,\r\n"
        "\"zoë, \"\"z\"\"\",,,ungraded,,,,,,,failed to run: no memory\r\n");
}

TEST_CASE("the summary counts graded and ungraded, the mean of the graded, and who has which finding") {
  const auto json = nlohmann::json::parse(class_json(summary_of_three()));
  CHECK(json["graded"] == 2);
  CHECK(json["ungraded"] == 1);
  CHECK(json["mean_points"] == 6.75);
  CHECK(json["findings"]["data_race"] == 1);
  CHECK(json["submissions"][1]["sandbox"]["level"] == "S1");
  CHECK(json["submissions"][1]["sandbox"]["weak_accepted"] == true);
  CHECK(json["submissions"][1]["labs"]["queue"]["points"] == 4.5);
  CHECK(json["submissions"][2]["status"] == "ungraded");
  CHECK_FALSE(json["submissions"][2].contains("points"));
}

TEST_CASE("the table fits its width and shows the first finding, or why there is no grade") {
  const std::string table = class_table(summary_of_three(), 100, false);
  std::size_t begin = 0;
  for (std::size_t end = table.find('\n'); end != std::string::npos; end = table.find('\n', begin)) {
    std::size_t columns = 0;
    for (std::size_t i = begin; i < end; ++i)
      columns += (static_cast<unsigned char>(table[i]) & 0xC0) != 0x80 ? 1u : 0u;
    CHECK(columns <= 100);
    begin = end + 1;
  }
  CHECK(table.find("data_race at q.cpp:3") != std::string::npos);
  CHECK(table.find("failed to run: no memory") != std::string::npos);
  CHECK(table.find("3 submissions, mean 6.75 of 9 points; 1 ungraded") != std::string::npos);
}

TEST_CASE("a row has every kind once, and the most important finding as its headline") {
  Grade grade{.submission_id = "x"};
  LabGrade lab;
  ScoredItem item;
  item.result.findings = {{.kind = FindingKind::crash, .message = "c"},
                          {.kind = FindingKind::crash, .message = "d"}};
  lab.items.push_back(item);
  item.result.scenario = "crowd";
  item.result.findings = {{.kind = FindingKind::data_race, .places = {{"a.cpp", 1, "f"}}}};
  lab.items.push_back(item);
  grade.labs.push_back(lab);
  const ClassRow row = row_of(grade);
  CHECK(row.kinds == std::vector{FindingKind::data_race, FindingKind::crash});
  CHECK(row.worst == "crowd: data_race at a.cpp:1 (f)");
}
