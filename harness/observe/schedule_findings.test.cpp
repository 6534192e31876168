// Goal: what an exploration says becomes findings that a student can read. Method: hand-made events; no
// process.
#include "observe/schedule_findings.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "observe/judge.hpp"
#include "observe/story.hpp"

using namespace racecourse;
using Kind = Event::Kind;

namespace {

const std::vector<SourceFile> kSources = {
    {"counter.cpp",
     "int value = 0;\nbool take() {\n  if (value >= 1) return false;\n  ++value;\n  return true;\n}\n"}};

Event step(int thread, const char* name, int line, std::int64_t object, const char* value = "") {
  Event event{.kind = Kind::story_step, .name = name, .value = value};
  event.thread = thread;
  event.object = object;
  if (line > 0) event.places = {{"counter.cpp", line, "take()"}};
  return event;
}

// Both look, then both take.
std::vector<Event> check_then_act() {
  return {step(0, "write", 1, 7, "0"), step(0, "create a thread", 0, 0), step(1, "start", 0, 0),
          step(0, "read", 3, 1, "0"),  step(1, "read", 3, 1, "0"),       step(1, "write", 4, 1, "1"),
          step(1, "read", 5, 9, "3"),  step(0, "write", 4, 1, "2")};
}

RunReport exploration(std::vector<Event> findings) {
  RunReport run{.scenario = "s", .instrument = Instrument::schedules};
  run.kernel.exit_code = 0;
  run.token_returned = true;
  run.events.push_back({.kind = Kind::started});
  run.events.insert(run.events.end(), findings.begin(), findings.end());
  Event explored{.kind = Kind::explored};
  explored.executions = 28;
  explored.complete = true;
  run.events.push_back(explored);
  run.events.push_back({.kind = Kind::finished});
  return run;
}

std::vector<Event> finding_events() {
  Event head{
      .kind = Kind::schedule_finding, .name = "wrong_outcome", .value = "rc1-x", .message = "Two took one."};
  head.preemptions = 1;
  Event place{.kind = Kind::finding_place, .message = "writes 4 bytes"};
  place.thread = 1;
  place.places = {{"counter.cpp", 4, "take()"}};
  std::vector<Event> events = {head, place};
  const std::vector<Event> steps = check_then_act();
  events.insert(events.end(), steps.begin(), steps.end());
  return events;
}

}  // namespace

TEST_CASE("a story tells who read and wrote what, where both threads were at work") {
  const std::vector<Event> steps = check_then_act();
  const std::string gap(57, ' ');
  const auto left = [](std::string text) { return text + std::string(57 - text.size(), ' ') + "│"; };
  CHECK(tell_story(steps, kSources) == left("thread 0") + " thread 1\n" +                               //
                                           left("3  if (value >= 1) return false;   reads 0") + "\n" +  //
                                           gap + "│ 3  if (value >= 1) return false;   reads 0\n" +     //
                                           gap + "│ 4  ++value;   sets it to 1\n" +                     //
                                           left("4  ++value;   sets it to 2"));
}

TEST_CASE("a story has at most twenty lines, the last ones") {
  std::vector<Event> steps = {step(0, "create a thread", 0, 0)};
  for (int i = 0; i < 200; ++i) steps.push_back(step(i % 2, "write", 4, 1, std::to_string(i).c_str()));
  const std::string story = tell_story(steps, kSources);
  CHECK(std::count(story.begin(), story.end(), '\n') + 1 <= static_cast<long>(kStoryLinesMax));
  CHECK(story.find("sets it to 199") != std::string::npos);
  CHECK(story.find("sets it to 1 ") == std::string::npos);
}

TEST_CASE("nothing to tell, unknown files and lines beyond the end are no trouble") {
  CHECK(tell_story({}, kSources).empty());
  Event far = step(0, "write", 4'000, 1, "1");
  Event foreign = step(1, "write", 4, 1, "18446744073709551615");
  foreign.places[0].file = "gone.cpp";
  const std::vector<Event> steps = {far, foreign};
  const std::string story = tell_story(steps, kSources);
  CHECK(story.find("sets it to -1") != std::string::npos);
}

TEST_CASE("a finding has its places, its story and the token that replays it") {
  const std::vector<Finding> findings = schedule_findings(exploration(finding_events()), kSources);
  REQUIRE(findings.size() == 1);
  const Finding& finding = findings[0];
  CHECK(finding.kind == FindingKind::wrong_outcome);
  CHECK(finding.message == "Two took one.");
  CHECK(finding.schedule == "rc1-x");
  CHECK(finding.places == std::vector<Place>{{"counter.cpp", 4, "take()"}});
  CHECK(
      finding.detail.starts_with("thread 1 writes 4 bytes at counter.cpp:4 (take())\n"
                                 "A schedule that shows it, with 1 preemption:\n"));
}

TEST_CASE("the evidence counts executions, and a pass within the bound is called exhaustive") {
  const RunReport run = exploration({});
  const Scenario scenario{.name = "s", .title = "S"};
  const Result<ItemResult> item = judge_item(scenario, Instrument::schedules, {&run, 1}, {});
  REQUIRE(item);
  CHECK(item->verdict == Verdict::passed);
  CHECK(item->evidence == Evidence{.runs = 1, .executions = 28, .exhaustive = true});
}

TEST_CASE("what does not repeat is inconclusive, not charged") {
  std::vector<Event> events = finding_events();
  events[0].name = "not_reproducible";
  const RunReport run = exploration(events);
  const Scenario scenario{.name = "s", .title = "S"};
  const Result<ItemResult> item = judge_item(scenario, Instrument::schedules, {&run, 1}, {});
  REQUIRE(item);
  CHECK(item->verdict == Verdict::inconclusive);
}

TEST_CASE("an outcome that the reference never has is told from those it has") {
  std::vector<Event> events;
  for (const char* outcome : {"winner=0", "winner=1"})
    events.push_back({.kind = Kind::outcome, .name = outcome});
  const RunReport run = exploration(events);
  CHECK(foreign_outcome(run, {"winner=0", "winner=1", "winner=2"}) == std::nullopt);
  CHECK(foreign_outcome(run, {"winner=0"}) == "winner=1");
}
