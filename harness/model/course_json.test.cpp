#include "model/course_json.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "model/decoding_cases.hpp"
#include "model/lab_folder.hpp"
#include "model/time_text.hpp"

namespace racecourse {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

Scenario scenario_of(const std::string& name, std::vector<InstrumentPlan> instruments) {
  Scenario scenario;
  scenario.name = name;
  scenario.instruments = std::move(instruments);
  return scenario;
}

InstrumentPlan plan_of(Instrument instrument, std::int64_t hundredths) {
  InstrumentPlan plan;
  plan.instrument = instrument;
  plan.points = Points::of_hundredths(hundredths);
  return plan;
}

// Two labs in memory: what grading.json means does not depend on how labs are read.
AvailableLabs two_labs() {
  const auto read = [](const std::string& name) -> Result<Lab> {
    Lab lab;
    lab.name = name;
    if (name == "queue") {
      lab.scenarios = {scenario_of("keeps_order",
                                   {plan_of(Instrument::correctness, 200), plan_of(Instrument::races, 300)}),
                       scenario_of("is_fast", {plan_of(Instrument::speed, 150)})};
      lab.scenarios[0].limits.wall = milliseconds(1'000);
    } else {
      lab.scenarios = {scenario_of("adds", {plan_of(Instrument::correctness, 100)})};
    }
    lab.sources_sha256 = name;
    lab.sha256 = lab_sha256(lab);
    return lab;
  };
  return {{"counter", "queue"}, read};
}

json good_course() { return json::parse(decoding_cases("grading_cases.json").good.front().text); }

Result<Course> parse(const std::string& text) { return parse_course(text, "grading.json", two_labs()); }

std::string message_of(const Result<Course>& course) { return course ? "no error" : course.error().message; }

}  // namespace

// Goal: every rule of grading.json has an input that breaks only it. Method: the table, whose rows the schema
// must refuse too.
TEST_CASE("bad grading.json are refused with pointer and expectation, good ones are read") {
  const DecodingCases cases = decoding_cases("grading_cases.json");
  for (const DecodingCase& each : cases.good) {
    CAPTURE(each.about);
    CHECK(message_of(parse(each.text)) == "no error");
  }
  for (const DecodingCase& each : cases.bad) {
    CAPTURE(each.about);
    const auto course = parse(each.text);
    CHECK(message_of(course) == "read grading.json: " + each.error);
    if (!course) CHECK(course.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("every value of grading.json arrives in its place") {
  const auto course = parse(good_course().dump());
  REQUIRE(course);
  CHECK(course->name == "Concurrency 101");
  CHECK(course->seed == 42);
  CHECK(course->partial_credit == PartialCredit::scenario);
  REQUIRE(course->late);
  CHECK(time_text(course->late->deadline) == "2025-03-01T20:59:00Z");
  CHECK(course->late->grace == std::chrono::minutes(15));
  CHECK(course->late->deduction_per_day_bp == 1'250);
  CHECK(course->late->deduction_max_bp == 5'000);
  REQUIRE(course->labs.size() == 2);
  CHECK(course->labs[0].lab.name == "counter");
  CHECK(course->labs[0].weight_numerator == 1);
  CHECK(course->labs[0].weight_denominator == 1);
  CHECK(course->labs[1].weight_numerator == 3);
  CHECK(course->labs[1].weight_denominator == 2);
  const Lab& queue = course->labs[1].lab;
  CHECK(queue.wall_total == milliseconds(30'000));
  const Scenario& keeps_order = queue.scenarios[0];
  CHECK(keeps_order.visibility == Visibility::hidden);
  CHECK(keeps_order.instruments[0].points.text() == "2");
  CHECK(keeps_order.instruments[1].points.text() == "5");
  CHECK(keeps_order.limits.wall == milliseconds(8'000));
  CHECK(keeps_order.limits.processes == 8);
  // The course's word on the lab outranks the lab's own word on the scenario.
  CHECK(queue.scenarios[1].limits.wall == milliseconds(9'000));
  CHECK(queue.scenarios[1].instruments[0].points.text() == "2");
}

TEST_CASE("the shortest grading.json takes all labs as they are") {
  const auto course = parse(R"({"format_version": 1, "course": "X"})");
  REQUIRE(course);
  CHECK(course->seed == 1);
  CHECK(course->partial_credit == PartialCredit::item);
  CHECK_FALSE(course->late);
  REQUIRE(course->labs.size() == 2);
  CHECK(course->labs[0].lab.name == "counter");
  CHECK(course->labs[1].lab.name == "queue");
  CHECK(course->labs[1].lab.sha256 == two_labs().read("queue")->sha256);
}

TEST_CASE("a lab's hash follows the course's limits and not its points or visibility") {
  const std::string before = two_labs().read("queue")->sha256;
  const auto hash_with = [](const json& changes) {
    json document = {{"format_version", 1}, {"course", "X"}, {"labs", {changes}}};
    document["labs"][0]["lab"] = "queue";
    const auto course = parse(document.dump());
    REQUIRE_MESSAGE(course, message_of(course));
    return course->labs[0].lab.sha256;
  };
  CHECK(hash_with({{"weight", 3}}) == before);
  CHECK(hash_with({{"scenarios", {{"is_fast", {{"points", 9}, {"visibility", "hidden"}}}}}}) == before);
  CHECK(hash_with({{"wall_total_ms", 1}}) != before);
  CHECK(hash_with({{"limits", {{"cpu_ms", 1}}}}) != before);
  CHECK(hash_with({{"scenarios", {{"is_fast", {{"limits", {{"cpu_ms", 1}}}}}}}}) != before);
}

TEST_CASE("a lab that the course does not name is not read") {
  AvailableLabs labs = two_labs();
  labs.read = [read = labs.read](const std::string& name) -> Result<Lab> {
    if (name == "queue") return usage_error("read labs/queue/lab.json: it is broken");
    return read(name);
  };
  CHECK(parse_course(R"({"format_version": 1, "course": "X", "labs": ["counter"]})", "g", labs));
  const auto course = parse_course(R"({"format_version": 1, "course": "X"})", "g", labs);
  CHECK(message_of(course) == "read labs/queue/lab.json: it is broken");
}

TEST_CASE("grading.json and labs are found on disk") {
  const LabFolder folder;
  CHECK(labs_below(folder.root()).error().message ==
        "find a lab in " + (folder.root() / "labs").string() + ": none of its folders holds a lab.json");
  CHECK(labs_below(folder.root() / "labs").error().kind == ErrorKind::usage);
  folder.put("labs/queue/lab.json", decoding_cases("lab_cases.json").good.front().text);
  folder.put("labs/unfinished/README.md", "");
  const auto labs = labs_below(folder.root());
  REQUIRE(labs);
  CHECK(labs->names == std::vector<std::string>{"queue"});
  folder.put("grading.json", R"({"format_version": 1, "course": "X", "labs": ["queue"]})");
  const auto course = read_course(folder.root() / "grading.json", *labs);
  REQUIRE(course);
  CHECK(course->labs[0].lab.scenarios.size() == 2);

  const auto missing = read_course(folder.root() / "grading.jsn", *labs);
  CHECK(message_of(missing) ==
        "read " + (folder.root() / "grading.jsn").string() + ": No such file or directory");
  CHECK(missing.error().kind == ErrorKind::usage);
}

}  // namespace racecourse
