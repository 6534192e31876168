#include "model/grade_json.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "model/golden.hpp"
#include "model/sample_grade.hpp"

namespace racecourse {

using nlohmann::json;

TEST_CASE("a grade is written as the golden file, which the schema accepts") {
  check_golden(TESTDATA_DIR "/grade.json", grade_text(sample_grade()));
}

TEST_CASE("a grade survives the way to text and back") {
  const Grade grade = sample_grade();
  const std::string text = grade_text(grade);
  const auto back = parse_grade(text, "grade.json");
  REQUIRE_MESSAGE(back, back.error().message);
  CHECK((*back == grade));
  CHECK(grade_text(*back) == text);
  Grade least;
  least.labs.resize(1);
  const auto least_back = parse_grade(grade_text(least), "grade.json");
  REQUIRE(least_back);
  CHECK((*least_back == least));
}

TEST_CASE("points are numbers with at most two decimals") {
  Grade grade;
  for (const auto& [hundredths, text] : {std::pair<std::int64_t, std::string>{700, "7"},
                                         {750, "7.5"},
                                         {725, "7.25"},
                                         {710, "7.1"},
                                         {29, "0.29"},
                                         {0, "0"},
                                         {99'999'999, "999999.99"}}) {
    grade.points = Points::of_hundredths(hundredths);
    const std::string out = grade_text(grade);
    CHECK_MESSAGE(out.find("\n  \"points\": " + text + ",\n") != std::string::npos, out);
  }
}

// Goal: the promise that the grade of one submission does not depend on the machine. Method: everything
// measured and everything about the machine is changed; only "environment" and "timings" may differ.
TEST_CASE("times and machine stand in environment and timings only") {
  Grade grade = sample_grade();
  json before = json::parse(grade_text(grade));
  for (LabGrade& lab : grade.labs) {
    lab.result.build_wall += std::chrono::seconds(1);
    for (ScoredItem& item : lab.items)
      item.result.timings = {std::chrono::seconds(3), std::chrono::seconds(4), 5, 6, 7, 8};
  }
  grade.environment = {
      "1", "2", "3", 4, {.level = SandboxLevel::s4, .note = "5", .probes = {}, .limits = {}}};
  json after = json::parse(grade_text(grade));
  CHECK(before != after);
  for (json* each : {&before, &after}) {
    each->erase("environment");
    each->erase("timings");
  }
  CHECK(before == after);
}

TEST_CASE("whatever bytes a student wrote, the grade is valid JSON in UTF-8 without control characters") {
  const std::string hostile =
      std::string("a\0b", 3) + "\xFF\x1b[31m\r\"\\\xC2\x9B\xED\xA0\x80" + "\xF0\x9F\x98\x80я\x7F";
  Grade grade = sample_grade();
  grade.submission_id = grade.course = hostile;
  LabGrade& lab = grade.labs[0];
  lab.result.notes = {hostile};
  lab.result.compiler_output = hostile;
  lab.items[0].result.findings = {{FindingKind::crash, hostile, {{hostile, 1, hostile}}, hostile}};
  const std::string text = grade_text(grade);
  CHECK(json::accept(text));
  for (const char c : text) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
  const auto back = parse_grade(text, "grade.json");
  REQUIRE(back);
  CHECK(back->submission_id ==
        "a\\x00b\\xff\\x1b[31m\\x0d\"\\\\xc2\\x9b\\xed\\xa0\\x80\xF0\x9F\x98\x80я\\x7f");
  // Once made visible, it stays as it is.
  CHECK(grade_text(*back) == text);
}

TEST_CASE("long compiler output and details lose their middle, and are not cut again") {
  Grade grade = sample_grade();
  grade.labs[0].result.compiler_output = "first " + std::string(1'000'000, 'x') + " last";
  grade.labs[0].items[1].result.findings[0].detail = std::string(1'000'000, 'y');
  const std::string text = grade_text(grade);
  CHECK(text.size() < 200'000);
  const auto back = parse_grade(text, "grade.json");
  REQUIRE(back);
  const std::string& output = back->labs[0].result.compiler_output;
  CHECK(output.size() <= kGradeTextBytesMax);
  CHECK(output.starts_with("first xxx"));
  CHECK(output.ends_with("xxx last"));
  CHECK(output.find("bytes left out") != std::string::npos);
  CHECK(grade_text(*back) == text);
}

TEST_CASE("a file that is no grade is a usage error that says why") {
  json broken = json::parse(grade_text(sample_grade()));
  const auto message = [&] { return parse_grade(broken.dump(), "grade.json").error().message; };
  SUBCASE("another version") {
    broken["format_version"] = 2;
    broken["new"] = true;
    CHECK(
        message() ==
        "read grade.json: /format_version: expected 1, the only format version this Racecourse reads, got 2");
  }
  SUBCASE("an unknown verdict") {
    broken["labs"][0]["scenarios"][0]["verdict"] = "pass";
    CHECK(message() ==
          "read grade.json: /labs/0/scenarios/0/verdict: expected passed, failed, inconclusive or not_run, "
          "got \"pass\" (did you mean \"passed\"?)");
  }
  SUBCASE("timings of other scenarios") {
    broken["timings"]["labs"]["queue"]["scenarios"][0]["name"] = "other";
    CHECK(message() ==
          "read grade.json: /timings/labs/queue/scenarios/0/name: expected the scenarios in the order of "
          "\"labs\", got \"other\"");
  }
  SUBCASE("timings of too few scenarios") {
    broken["timings"]["labs"]["queue"]["scenarios"].erase(2);
    CHECK(message() ==
          "read grade.json: /timings/labs/queue/scenarios: expected as many elements as the lab has "
          "scenarios, got an array");
  }
  SUBCASE("a bad time") {
    broken["late"]["submitted_at"] = "yesterday";
    CHECK(message() ==
          "read grade.json: /late/submitted_at: expected a time with its zone, got \"yesterday\"");
  }
  SUBCASE("a negative duration") {
    broken["timings"]["labs"]["queue"]["build_ms"] = -1;
    CHECK(message() == "read grade.json: /timings/labs/queue/build_ms: expected a number ≥ 0, got -1");
  }
  CHECK(read_grade("/nowhere/grade.json").error().kind == ErrorKind::usage);
}

// A grade cut off anywhere, as by a full disk, is refused and never half read.
TEST_CASE("every shortened grade is refused") {
  const std::string text = grade_text(sample_grade());
  for (std::size_t size = 0; size + 2 < text.size(); size += 37)
    CHECK_FALSE(parse_grade(std::string_view(text).substr(0, size), "grade.json"));
}

}  // namespace racecourse
