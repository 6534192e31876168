// Goal: kernel facts and events become the right kinds of finding, and none of them is merged with its near
// miss. Method: hand-made run reports; no process.
#include "observe/judge.hpp"

#include <doctest/doctest.h>
#include <signal.h>

using namespace racecourse;
using Kind = Event::Kind;

namespace {

const Scenario kScenario{.name = "s", .title = "S holds"};

RunReport good_run() {
  RunReport run{.scenario = "s"};
  run.kernel.exit_code = 0;
  run.events = {{.kind = Kind::started}, {.kind = Kind::finished}};
  run.token_returned = true;
  return run;
}

RunReport run_that(auto change) {
  RunReport run = good_run();
  change(run);
  return run;
}

// The kinds that one run gives, in order.
std::vector<FindingKind> kinds_of(const RunReport& run, const Scenario& scenario = kScenario) {
  const Result<ItemResult> item = judge_item(scenario, run.instrument, {&run, 1}, {});
  REQUIRE(item);
  std::vector<FindingKind> kinds;
  for (const Finding& finding : item->findings) kinds.push_back(finding.kind);
  CHECK((item->verdict == Verdict::passed) == kinds.empty());
  return kinds;
}

using Kinds = std::vector<FindingKind>;

}  // namespace

TEST_CASE("a run that finished, returned its token and found nothing passes") {
  CHECK(kinds_of(good_run()).empty());
}

TEST_CASE("every limit has a finding of its own") {
  const auto limited = [](LimitHit limit) {
    return kinds_of(run_that([&](RunReport& run) {
      run.kernel.exit_code.reset();
      run.kernel.signal = SIGKILL;
      run.kernel.limit_hit = limit;
      run.events.pop_back();
      run.token_returned = false;
    }));
  };
  CHECK(limited(LimitHit::wall_blocked) == Kinds{FindingKind::time_limit_blocked});
  CHECK(limited(LimitHit::wall_spinning) == Kinds{FindingKind::time_limit_spinning});
  CHECK(limited(LimitHit::cpu) == Kinds{FindingKind::time_limit_spinning});
  CHECK(limited(LimitHit::memory) == Kinds{FindingKind::memory_limit});
  CHECK(limited(LimitHit::processes) == Kinds{FindingKind::process_limit});
  CHECK(limited(LimitHit::output) == Kinds{FindingKind::output_limit});
}

TEST_CASE("a limit is named as the run had it") {
  const auto message = [](Instrument instrument, LimitHit limit) {
    const RunReport run = run_that([&](RunReport& ended) {
      ended.instrument = instrument;
      ended.kernel.exit_code.reset();
      ended.kernel.signal = SIGKILL;
      ended.kernel.limit_hit = limit;
      ended.token_returned = false;
    });
    return judge_item(kScenario, instrument, {&run, 1}, {})->findings[0].message;
  };
  CHECK(message(Instrument::correctness, LimitHit::wall_blocked).find("after 10 s") != std::string::npos);
  CHECK(message(Instrument::schedules, LimitHit::wall_blocked).find("after 60 s") != std::string::npos);
  CHECK(message(Instrument::correctness, LimitHit::memory).find("256 MB") != std::string::npos);
  CHECK(message(Instrument::schedules, LimitHit::memory).find("768 MB") != std::string::npos);
}

TEST_CASE("a crash names the signal and the student's line") {
  const RunReport run = run_that([](RunReport& crashed) {
    crashed.kernel.exit_code.reset();
    crashed.kernel.signal = SIGSEGV;
    crashed.events.back() = {.kind = Kind::crash_stack, .places = {{"queue.cpp", 12, "Queue::pop"}}};
    crashed.token_returned = false;
  });
  CHECK(kinds_of(run) == Kinds{FindingKind::crash});
  const Result<ItemResult> item = judge_item(kScenario, Instrument::correctness, {&run, 1}, {});
  CHECK(item->findings[0].message.find("queue.cpp:12 (Queue::pop)") != std::string::npos);
  CHECK(item->findings[0].message.find("SIGSEGV") != std::string::npos);
}

TEST_CASE("a crash after the scenario finished is still a crash") {
  CHECK(kinds_of(run_that([](RunReport& run) {
          run.kernel.exit_code.reset();
          run.kernel.signal = SIGABRT;
        })) == Kinds{FindingKind::crash});
}

TEST_CASE("exit in the middle is exit_called, whatever the code") {
  for (const int code : {0, 1, 66}) {
    CHECK(kinds_of(run_that([&](RunReport& run) {
            run.kernel.exit_code = code;
            run.events.pop_back();
            run.token_returned = false;
          })) == Kinds{FindingKind::exit_called});
  }
}

TEST_CASE("a claim to have finished without the token is tampering") {
  CHECK(kinds_of(run_that([](RunReport& run) { run.token_returned = false; })) ==
        Kinds{FindingKind::tampering});
}

TEST_CASE("survivors and floods on the channel are found") {
  CHECK(kinds_of(run_that([](RunReport& run) { run.kernel.survivors = 2; })) ==
        Kinds{FindingKind::process_leak});
  CHECK(kinds_of(run_that([](RunReport& run) { run.events_cut = true; })) == Kinds{FindingKind::tampering});
}

TEST_CASE("assertions, faults and exceptions keep their kinds; equal ones of several runs count once") {
  const RunReport run = run_that([](RunReport& failed) {
    failed.events.push_back({.kind = Kind::assertion,
                             .value = "1 == 2",
                             .message = "One is two.",
                             .expression = "a == b",
                             .file = "s.cpp",
                             .line = 3});
    failed.events.push_back({.kind = Kind::fault, .name = "lost_update", .message = "Lost."});
    failed.events.push_back({.kind = Kind::exception, .name = "std::logic_error", .value = "no"});
    failed.events.push_back({.kind = Kind::fault, .name = "no_such_kind", .message = "?"});
  });
  CHECK(kinds_of(run) == Kinds{FindingKind::tampering, FindingKind::lost_update, FindingKind::wrong_outcome,
                               FindingKind::uncaught_exception});
  const std::vector<RunReport> twice = {run, run};
  CHECK(judge_item(kScenario, Instrument::correctness, twice, {})->findings.size() == 4);
}

TEST_CASE("where values vary, no value reaches a finding") {
  Scenario varying = kScenario;
  varying.values_vary = true;
  const RunReport run = run_that([](RunReport& failed) {
    failed.events.push_back(
        {.kind = Kind::assertion, .value = "777 == 800", .message = "Lost.", .expression = "a == b"});
    failed.events.push_back({.kind = Kind::exception, .name = "E", .value = "777"});
    failed.events.push_back({.kind = Kind::observation, .name = "total", .value = "777"});
  });
  const std::vector<Observations> reference = {{{"total", {"800"}}}};
  const Result<ItemResult> item =
      judge_item(varying, Instrument::correctness, {&run, 1}, {.observations = reference, .sources = {}});
  REQUIRE(item->findings.size() == 3);
  for (const Finding& finding : item->findings)
    CHECK((finding.message + finding.detail).find("777") == std::string::npos);
}

TEST_CASE("observations are compared with the reference's, name by name and in order") {
  const RunReport run = run_that([](RunReport& each) {
    each.events.insert(each.events.begin() + 1, {.kind = Kind::observation, .name = "a", .value = "1"});
    each.events.insert(each.events.begin() + 2, {.kind = Kind::observation, .name = "a", .value = "2"});
  });
  const auto findings_against = [&](const Observations& reference) {
    const std::vector<Observations> references = {reference};
    return judge_item(kScenario, Instrument::correctness, {&run, 1},
                      {.observations = references, .sources = {}})
        ->findings;
  };
  CHECK(findings_against({{"a", {"1", "2"}}}).empty());
  const std::vector<Finding> second = findings_against({{"a", {"1", "3"}}});
  REQUIRE(second.size() == 1);
  CHECK(second[0].message ==
        "\"a\" is not what the reference gives for the same input (value 2): expected 3, got 2.");
  CHECK(findings_against({{"a", {"1", "2"}}, {"b", {"true"}}}).size() == 1);
  CHECK(findings_against({}).size() == 1);
}

TEST_CASE("a run that broke off is not also blamed for what it could not observe") {
  const RunReport run = run_that([](RunReport& each) { each.events.pop_back(); });
  const std::vector<Observations> reference = {{{"a", {"1"}}}};
  const Result<ItemResult> item =
      judge_item(kScenario, Instrument::correctness, {&run, 1}, {.observations = reference, .sources = {}});
  REQUIRE(item->findings.size() == 1);
  CHECK(item->findings[0].kind == FindingKind::exit_called);
}

TEST_CASE("silence of ThreadSanitizer counts only if it reported the canary") {
  RunReport run = good_run();
  run.instrument = Instrument::races;
  CHECK(kinds_of(run) == Kinds{FindingKind::tampering});
}

TEST_CASE("a ThreadSanitizer that cannot start is the machine's fault") {
  RunReport run{.scenario = "s", .instrument = Instrument::races};
  run.kernel.exit_code = 66;
  run.output = "FATAL: ThreadSanitizer: unexpected memory mapping\n";
  const Result<ItemResult> item = judge_item(kScenario, Instrument::races, {&run, 1}, {});
  REQUIRE_FALSE(item);
  CHECK(item.error().kind == ErrorKind::environment);
}

TEST_CASE("speed: slow is a finding without a measured number, noise is inconclusive") {
  const InstrumentPlan plan{.instrument = Instrument::speed, .ratio_max = 1.5};
  const RunReport run = good_run();
  const auto judged = [&](std::vector<double> ratios) {
    return *judge_speed(kScenario, plan, {&run, 1}, ratios, {});
  };
  CHECK(judged({1.0, 1.0, 1.0}).verdict == Verdict::passed);
  const ItemResult slow = judged({2.0, 2.01, 2.02});
  CHECK(slow.verdict == Verdict::failed);
  REQUIRE(slow.findings.size() == 1);
  CHECK(slow.findings[0].kind == FindingKind::too_slow);
  CHECK(slow.findings[0].message.find("2.0") == std::string::npos);
  CHECK(judged({0.5, 3.0, 1.0}).verdict == Verdict::inconclusive);
}
