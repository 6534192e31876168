#include "report/gradescope.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "model/golden.hpp"
#include "model/sample_grade.hpp"

namespace racecourse {

namespace {

using nlohmann::json;

json results_of(const Grade& grade) { return json::parse(gradescope_results(grade)); }

}  // namespace

TEST_CASE("the sample grade is exported as the golden file, which the schema accepts") {
  check_golden(TESTDATA_DIR "/gradescope.json", gradescope_results(sample_grade()));
}

TEST_CASE("the score is the grade's, after lateness, and not the sum of the tests") {
  const json results = results_of(sample_grade());
  CHECK(results["score"] == 3.06);
  CHECK(results["output"].get<std::string>().starts_with(
      "3.06 of 7.75 points, after 0.44 deducted for handing in 2 days late."));
}

TEST_CASE("each scored item is a test with its number, visibility and status") {
  Grade grade = sample_grade();
  ScoredItem not_run = sample_pass();
  not_run.result.verdict = Verdict::not_run;
  grade.labs[0].items.push_back(not_run);
  const json tests = results_of(grade)["tests"];
  REQUIRE(tests.size() == 5);
  const auto row = [&](std::size_t i) {
    const json& test = tests[i];
    return test["number"].get<std::string>() + " " + test["visibility"].get<std::string>() + " " +
           test["status"].get<std::string>() + " " + test["score"].dump() + "/" + test["max_score"].dump();
  };
  CHECK(row(0) == "1.1 visible passed 2/2");
  CHECK(row(1) == "1.2 after_due_date failed 0/3.25");
  CHECK(row(2) == "1.3 hidden passed 1.5/1.5");  // Inconclusive: as given.
  CHECK(row(3) == "1.4 visible passed 2/2");     // Too few cores: free.
  CHECK(row(4) == "2.1 visible failed 0/1");     // The build failed.
  CHECK(tests[1]["name"] == "A bounded queue: What goes in first comes out first. (races)");
  CHECK(tests[1]["extra_data"]["verdict"] == "failed");
}

TEST_CASE("a failed test says what was found, where, and how to see it again") {
  const std::string output = results_of(sample_grade())["tests"][1]["output"];
  CHECK(output ==
        "It failed, so it earns none of its points.\n"
        "Hint: Which lock protects the head?\n"
        "To see it again: racecourse replay queue keeps_order --instrument races --seed 42\n"
        "\n"
        "data_race: Two threads use the same memory, one of them to write, and nothing orders them.\n"
        "  at queue.cpp:17 in queue::Ring::push(int)\n"
        "  at queue.cpp in queue::Ring::pop()\n"
        "    write of 8 bytes\n"
        "    \tread of 8 bytes");
}

TEST_CASE("a failed build stands above the tests, for every student to see") {
  const json results = results_of(sample_grade());
  CHECK(results["visibility"] == "visible");
  const std::string output = results["output"];
  CHECK(output.find("A counter\ndoes_not_compile: counter.cpp does not compile.\n  at counter.cpp:2\n"
                    "    counter.cpp:2:1: error: expected ';'") != std::string::npos);
}

// Goal: nothing a student writes is markup or a terminal command on the platform. Method: formats are plain
// text, and control characters are made visible.
TEST_CASE("student text stays text") {
  Grade grade = sample_grade();
  grade.labs[0].items[1].result.findings[0].message = "<b>\x1b[31mred\xFF</b>";
  const json results = results_of(grade);
  for (const char* key : {"output_format", "test_output_format", "test_name_format"})
    CHECK(results[key] == "text");
  CHECK(results["tests"][1]["output"].get<std::string>().find("<b>\\x1b[31mred\\xff</b>") !=
        std::string::npos);
}

TEST_CASE("long texts lose their middle, and the whole file keeps its bound") {
  Grade grade = sample_grade();
  ScoredItem item = sample_race();
  item.result.findings[0].detail = std::string(70'000, '"');  // Every character takes two in JSON.
  grade.labs[0].items.assign(1, item);
  const std::string one = results_of(grade)["tests"][0]["output"];
  CHECK(one.size() <= kGradescopeTextBytesMax);
  CHECK(one.size() > kGradescopeTextBytesMax / 2);
  CHECK(one.find("To see it again: ") != std::string::npos);
  CHECK(one.find("bytes left out") != std::string::npos);

  grade.labs[0].items.assign(30, item);
  const std::string many = gradescope_results(grade);
  CHECK(many.size() <= kGradescopeFileBytesMax);
  CHECK(many.size() > kGradescopeFileBytesMax / 4);
  CHECK(json::parse(many)["tests"].size() == 31);
}

}  // namespace racecourse
