#include "observe/tsan_summary.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace racecourse {

namespace {

using Role = TsanStack::Role;

std::vector<TsanReport> reports_of(const std::string& name) {
  std::ifstream file(std::string(TESTDATA_DIR) + '/' + name + ".log", std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), name);
  return parse_tsan_log(std::string(std::istreambuf_iterator<char>(file), {})).reports;
}

struct Expected {
  std::string log;  // Without the compiler.
  FindingKind kind;
  std::vector<std::string> functions;  // Of the finding's places.
  std::string message;
};

TsanFrame student(const std::string& function, int line, const std::string& file = "a.cpp") {
  return {function, file, line, "submission.so"};
}
TsanFrame driver(const std::string& function, int line, const std::string& file = "/labs/x/scenarios/s.cpp") {
  return {function, file, line, "driver_tsan"};
}

TsanStack access(int thread, std::vector<TsanFrame> frames) {
  return {Role::access, thread, std::move(frames)};
}

TsanReport race(std::vector<TsanFrame> first, std::vector<TsanFrame> second) {
  return {TsanProblem::race,
          FindingKind::data_race,
          "data race",
          {access(1, std::move(first)), access(2, std::move(second))}};
}

TsanReport about(TsanProblem problem, const std::string& title, std::vector<TsanFrame> frames) {
  const FindingKind kind =
      problem == TsanProblem::other ? FindingKind::unrecognised_report : FindingKind::mutex_misuse;
  return {problem, kind, title, {{Role::subject, -1, std::move(frames)}}};
}

TsanReport canary() {
  return race({driver(std::string(kCanaryFunction), 32)}, {driver(std::string(kCanaryFunction), 32)});
}

TsanSummary summary_of(const std::vector<TsanReport>& reports) { return summarise(reports); }

Finding only_finding(const std::vector<TsanReport>& reports) {
  const TsanSummary summary = summary_of(reports);
  REQUIRE(summary.findings.size() == 1);
  CHECK(summary.own_races.empty());
  return summary.findings[0];
}

// `L0` and `L1` in a message stand for the finding's own lines, so that the tables need no line numbers.
std::vector<Expected> expected_races() {
  const std::string race_end = " without synchronisation, and at least one of them writes.";
  const std::string add_and_value =
      "Two threads access the same memory at student.cpp:L0 (Counter::add) and student.cpp:L1 "
      "(Counter::value)" +
      race_end;
  const auto same_line = [&](const std::string& where) {
    return "Two threads can execute student.cpp:L0" + where +
           " at the same time; both access the same memory" + race_end;
  };
  return {
      {"race_int", FindingKind::data_race, {"Counter::add", "Counter::value"}, add_and_value},
      {"race_twice", FindingKind::data_race, {"Counter::add", "Counter::value"}, add_and_value},
      {"garbage", FindingKind::data_race, {"Counter::add", "Counter::value"}, add_and_value},
      {"race_same_line",
       FindingKind::data_race,
       {"Counter::add", "Counter::add"},
       same_line(" (Counter::add)")},
      {"race_global",
       FindingKind::data_race,
       {"add_to_global", "add_to_global"},
       same_line(" (add_to_global)")},
      {"race_string", FindingKind::data_race, {"append_text", "append_text"}, same_line(" (append_text)")},
      {"race_in_callback", FindingKind::data_race, {"operator()", "operator()"}, same_line("")},
      {"race_heap",
       FindingKind::data_race,
       {"append", "newest"},
       "Two threads access the same memory at student.cpp:L0 (append) and student.cpp:L1 (newest)" +
           race_end},
      {"race_with_scenario",
       FindingKind::data_race,
       {"operator()"},
       "Another thread accesses the same memory as student.cpp:L0 without synchronisation, and at least one "
       "of the two "
       "writes."},
      {"race_in_c_thread_function",
       FindingKind::data_race,
       {"call_in_two_c_threads", "call_in_two_c_threads"},
       "The thread started at student.cpp:L0 (call_in_two_c_threads) and the thread started at "
       "student.cpp:L1 "
       "(call_in_two_c_threads) access the same memory" +
           race_end},
  };
}

std::vector<Expected> expected_others() {
  return {
      {"use_after_free",
       FindingKind::use_after_free,
       {"free_block", "write_block"},
       "Memory is used at student.cpp:L1 (write_block) after it was freed at student.cpp:L0 (free_block)."},
      {"lock_order",
       FindingKind::potential_deadlock,
       {"lock_left_then_right", "lock_right_then_left"},
       "Mutexes are locked in conflicting orders at student.cpp:L0 (lock_left_then_right) and student.cpp:L1 "
       "(lock_right_then_left): threads that get there at the same time can each hold what the next one "
       "waits for, "
       "forever."},
      {"thread_leak",
       FindingKind::thread_leak,
       {"start_and_forget"},
       "The thread started at student.cpp:L0 (start_and_forget) is neither joined nor detached."},
      {"destroy_locked",
       FindingKind::mutex_misuse,
       {"destroy_while_locked", "destroy_while_locked"},
       "A mutex is destroyed at student.cpp:L1 (destroy_while_locked) while it is still locked from "
       "student.cpp:L0 "
       "(destroy_while_locked)."},
      {"bad_unlock",
       FindingKind::mutex_misuse,
       {"unlock_without_lock"},
       "A thread unlocks a mutex at student.cpp:L0 (unlock_without_lock) that it does not hold."},
      {"invalid_mutex",
       FindingKind::mutex_misuse,
       {"lock_after_destroy"},
       "A mutex is used at student.cpp:L0 (lock_after_destroy) before it was initialised or after it was "
       "destroyed."},
  };
}

}  // namespace

// Goal: real logs of both compilers give the one finding that the program deserves, and the canary. Method:
// the captured logs, compared with the tables above.
TEST_CASE("captured logs give the expected finding with both compilers") {
  std::vector<Expected> table = expected_races();
  std::ranges::move(expected_others(), std::back_inserter(table));
  for (const Expected& expected : table) {
    for (const std::string compiler : {".gcc", ".clang"}) {
      CAPTURE(expected.log + compiler);
      const TsanSummary summary = summarise(reports_of(expected.log + compiler));
      CHECK(summary.canary_seen);
      CHECK(summary.own_races.empty());
      REQUIRE(summary.findings.size() == 1);
      const Finding& finding = summary.findings[0];
      CHECK(finding.kind == expected.kind);
      std::string message = expected.message;
      std::vector<std::string> functions;
      for (std::size_t i = 0; i < finding.places.size(); ++i) {
        const std::string mark = "L" + std::to_string(i);
        if (const std::size_t at = message.find(mark); at != std::string::npos)
          message.replace(at, mark.size(), std::to_string(finding.places[i].line));
        functions.push_back(finding.places[i].function);
        CHECK(finding.places[i].file == "student.cpp");
      }
      CHECK(functions == expected.functions);
      CHECK(finding.message == message);
      CHECK(std::ranges::is_sorted(finding.places));
    }
  }
}

TEST_CASE("a race on a vptr is told as one") {
  for (const std::string compiler : {"race_vptr.gcc", "race_vptr.clang"}) {
    const Finding finding = only_finding(reports_of(compiler));
    CHECK(finding.places.size() == 2);
    CHECK(finding.message.starts_with("Two threads use the same object at student.cpp:"));
    CHECK(finding.message.ends_with(
        "one calls a virtual function while the other constructs or destroys the object."));
  }
}

// ThreadSanitizer of both compilers takes a second free of a block silently; the log has the canary only.
TEST_CASE("logs with nothing but the canary give no finding") {
  for (const std::string name : {"no_race.gcc", "no_race.clang", "double_free.gcc", "double_free.clang"}) {
    const TsanSummary summary = summarise(reports_of(name));
    CHECK(summary.canary_seen);
    CHECK(summary.findings.empty());
    CHECK(summary.own_races.empty());
  }
}

TEST_CASE("without reports there is no canary") {
  for (const std::string name : {"no_reports.gcc", "no_reports.clang"}) {
    const TsanSummary summary = summarise(reports_of(name));
    CHECK_FALSE(summary.canary_seen);
    CHECK(summary.findings.empty());
  }
  // Cut before the canary, the log keeps the finding before it.
  for (const std::string name : {"truncated.gcc", "truncated.clang"}) {
    const TsanSummary summary = summarise(reports_of(name));
    CHECK_FALSE(summary.canary_seen);
    CHECK(summary.findings.size() == 1);
  }
}

TEST_CASE("a race of the scenario's own accesses is set apart") {
  for (const std::string name : {"race_in_scenario.gcc", "race_in_scenario.clang"}) {
    const TsanSummary summary = summarise(reports_of(name));
    CHECK(summary.canary_seen);
    CHECK(summary.findings.empty());
    REQUIRE(summary.own_races.size() == 1);
    const Finding& own = summary.own_races[0];
    CHECK(own.kind == FindingKind::data_race);
    REQUIRE(own.places.size() == 2);
    CHECK(own.places[0].file == "scenario.cpp");
    CHECK(
        own.message ==
        "Two threads access the scenario's own memory at scenario.cpp:" + std::to_string(own.places[0].line) +
            " (count_one) at the same time, which the submission's synchronisation should have ruled out.");
  }
}

// ThreadSanitizer loses the frame that called std::thread's constructor if that was inlined, so nothing in
// these logs leads to the submission, which started the threads: this is why own_races may still be charged.
TEST_CASE("threads that std::thread started in the submission may lead nowhere") {
  for (const std::string name : {"race_in_thread_function.gcc", "race_in_thread_function.clang"}) {
    const TsanSummary summary = summarise(reports_of(name));
    CHECK(summary.findings.empty());
    CHECK(summary.own_races.size() == 1);
  }
}

TEST_CASE("only the driver's own function is the canary") {
  const std::string name(kCanaryFunction);
  CHECK(summary_of({canary()}).canary_seen);
  CHECK(summary_of({race({driver(name + "()", 32)}, {})}).canary_seen);

  // A function of that name in the submission: neither the canary, nor hidden by it.
  TsanSummary summary = summary_of({race({student(name, 1)}, {student(name, 1)})});
  CHECK_FALSE(summary.canary_seen);
  CHECK(summary.findings.size() == 1);
  // The canary called from, or racing with, the submission.
  summary = summary_of({race({driver(name, 32), student("f", 1)}, {driver(name, 32)})});
  CHECK_FALSE(summary.canary_seen);
  CHECK(summary.findings.size() == 1);
  summary = summary_of({race({driver(name, 32)}, {student("f", 1)})});
  CHECK_FALSE(summary.canary_seen);
  CHECK(summary.findings.size() == 1);
  // Something else below the canary's caller, a longer name, another kind of report.
  CHECK_FALSE(summary_of({race({driver("g", 1), driver(name, 32)}, {driver("g", 1)})}).canary_seen);
  CHECK_FALSE(summary_of({race({driver(name + "_not", 32)}, {driver("g", 1)})}).canary_seen);
  CHECK_FALSE(summary_of({about(TsanProblem::invalid_mutex, "t", {driver(name, 32)})}).canary_seen);
}

TEST_CASE("a place is the innermost line in the student's own files") {
  // Templates of the standard library, compiled into the submission or bound to the driver's copy, are passed
  // over.
  const Finding finding =
      only_finding({race({driver("std::vector::push_back", 99, "/usr/include/c++/12/vector"),
                          student("std::move", 5, "/usr/include/m.h"),
                          student("Queue::push", 12, "queue.hpp"), student("run", 40), driver("body", 3)},
                         {student("Queue::pop", 20, "queue.hpp")})});
  CHECK(finding.places ==
        std::vector<Place>{{"queue.hpp", 12, "Queue::push"}, {"queue.hpp", 20, "Queue::pop"}});
  // If there is none, the submission's object in whatever file is better than nothing, without its folders.
  CHECK(only_finding({race({student("std::f", 5, "/usr/include/c++/12/x.h")}, {student("g", 1)})}).places ==
        std::vector<Place>{{"a.cpp", 1, "g"}, {"x.h", 5, "std::f"}});
}

TEST_CASE("a thread that the submission started on a function of the scenario counts as the submission's") {
  TsanReport report = race({driver("work", 9)}, {student("f", 1)});
  report.stacks.push_back({Role::creation, 1, {driver("std::thread", 9), student("start", 30)}});
  report.stacks.push_back({Role::creation, 2, {student("elsewhere", 50)}});
  CHECK(only_finding({report}).message ==
        "The code at a.cpp:1 (f) and the thread started at a.cpp:30 (start) access the same memory without "
        "synchronisation, and at least one of them writes.");
  report.stacks[1] = access(0, {driver("main", 2)});  // The main thread was created by nobody.
  CHECK(only_finding({report}).message ==
        "The thread started at a.cpp:30 (start) and another one access the same memory without "
        "synchronisation, and at "
        "least one of them writes.");
  report.stacks[1] = access(1, {driver("work", 9)});
  CHECK(only_finding({report}).message ==
        "Two threads started at a.cpp:30 (start) access the same memory without synchronisation, and at "
        "least one of "
        "them writes.");
}

TEST_CASE("half of a race is dropped if the whole race is known") {
  const TsanReport whole = race({student("f", 1)}, {student("g", 2)});
  const TsanReport half = race({student("f", 1)}, {});
  const TsanReport other_half = race({student("h", 3)}, {});
  CHECK(only_finding({whole, half}) == only_finding({whole}));
  CHECK(only_finding({half}).places.size() == 1);
  CHECK(summary_of({whole, half, other_half}).findings.size() == 2);
}

TEST_CASE("each misuse of a mutex has its sentence") {
  const std::vector<TsanFrame> at = {{"", "", 0, "libtsan.so.2"}, student("f", 7)};
  const auto message = [&](TsanProblem problem) { return only_finding({about(problem, "t", at)}).message; };
  CHECK(message(TsanProblem::mutex_locked_twice) ==
        "A thread locks a mutex at a.cpp:7 (f) that it holds already; it would wait for itself forever.");
  CHECK(message(TsanProblem::invalid_mutex) ==
        "A mutex is used at a.cpp:7 (f) before it was initialised or after it was destroyed.");
  CHECK(message(TsanProblem::unheld_mutex_unlocked) ==
        "A thread unlocks a mutex at a.cpp:7 (f) that it does not hold.");
  CHECK(message(TsanProblem::locked_mutex_destroyed) ==
        "A mutex is destroyed at a.cpp:7 (f) while it is locked.");
  CHECK(message(TsanProblem::write_locked_mutex_read_locked) ==
        "A thread locks a shared mutex for reading at a.cpp:7 (f) while it is locked for writing.");
  CHECK(message(TsanProblem::write_locked_mutex_read_unlocked) ==
        "A shared mutex that is locked for writing is unlocked at a.cpp:7 (f) as if it were locked for "
        "reading.");
  CHECK(message(TsanProblem::mutex_held_wrongly) == "A mutex is held at a.cpp:7 (f), where none may be.");
  CHECK(message(TsanProblem::crash) == "The program crashes at a.cpp:7 (f).");
  // On one line, different misuses stay different findings.
  CHECK(summary_of(
            {about(TsanProblem::invalid_mutex, "a", at), about(TsanProblem::mutex_locked_twice, "b", at)})
            .findings.size() == 2);
}

TEST_CASE("one line that locks two mutexes in both orders has a sentence of its own") {
  const TsanReport report = {TsanProblem::lock_order,
                             FindingKind::potential_deadlock,
                             "lock-order-inversion (potential deadlock)",
                             {{Role::acquisition, -1, {student("transfer", 8)}},
                              {Role::held, -1, {student("transfer", 7)}},
                              {Role::acquisition, -1, {student("transfer", 8)}},
                              {Role::held, -1, {student("transfer", 7)}}}};
  const Finding finding = only_finding({report});
  CHECK(finding.places.size() == 1);
  CHECK(finding.message.starts_with(
      "The mutexes locked at a.cpp:8 (transfer) are not always locked in the same order"));
}

TEST_CASE("parts of a use after free are told as far as they are known") {
  TsanReport report = race({student("use", 5)}, {});
  report.problem = TsanProblem::use_after_free;
  report.kind = FindingKind::use_after_free;
  CHECK(only_finding({report}).message == "Memory is used at a.cpp:5 (use) after it was freed.");
  std::swap(report.stacks[0], report.stacks[1]);
  CHECK(only_finding({report}).message == "Memory that was freed at a.cpp:5 (use) is used afterwards.");
}

TEST_CASE("a report of an unknown kind is a finding even if it leads nowhere") {
  Finding finding =
      only_finding({about(TsanProblem::other, "new kind 17 at 0x7ffe12 (T3)", {student("f", 7)})});
  CHECK(finding.kind == FindingKind::unrecognised_report);
  CHECK(finding.message == "ThreadSanitizer reports \"new kind N at 0x... (TN)\" at a.cpp:7 (f).");
  finding = only_finding({about(TsanProblem::other, "new kind", {driver("g", 7)})});
  CHECK(finding.message == "ThreadSanitizer reports \"new kind\".");
  CHECK(finding.places.empty());
  TsanReport no_stacks = about(TsanProblem::other, "new kind", {});
  no_stacks.stacks.clear();
  CHECK(only_finding({no_stacks}).message == "ThreadSanitizer reports \"new kind\".");
}

TEST_CASE("reports of known kinds without any place are our own") {
  const TsanSummary summary = summary_of(
      {race({}, {}), about(TsanProblem::invalid_mutex, "use of an invalid mutex", {driver("g", 7)})});
  CHECK(summary.findings.empty());
  REQUIRE(summary.own_races.size() == 2);
  CHECK(summary.own_races[0].places.empty());
  CHECK(summary.own_races[1].message ==
        "ThreadSanitizer reports \"use of an invalid mutex\" in the scenario at s.cpp:7 (g).");
}

// Goal: one submission, one text. Method: all reports of the captured logs together, in many orders and with
// the two accesses of races swapped, as different runs would have them.
TEST_CASE("the order of reports and of accesses does not matter") {
  std::vector<TsanReport> all;
  for (const char* name : {"race_int.gcc", "race_twice.gcc", "race_same_line.gcc", "race_heap.gcc",
                           "race_vptr.gcc", "lock_order.gcc", "bad_unlock.gcc", "race_in_scenario.gcc"})
    for (TsanReport& report : reports_of(name)) all.push_back(std::move(report));
  const TsanSummary expected = summarise(all);
  CHECK(expected.findings.size() == 6);
  CHECK(std::ranges::is_sorted(expected.findings));
  std::mt19937 random(20250103);
  for (int round = 0; round < 50; ++round) {
    std::ranges::shuffle(all, random);
    for (TsanReport& report : all)
      if (report.kind == FindingKind::data_race && random() % 2 == 0)
        std::swap(report.stacks[0], report.stacks[1]);
    const TsanSummary summary = summarise(all);
    REQUIRE(summary.canary_seen);
    REQUIRE(summary.findings == expected.findings);
    REQUIRE(summary.own_races == expected.own_races);
  }
}

}  // namespace racecourse
