#include "observe/tsan_log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace racecourse {

namespace {

using Role = TsanStack::Role;

std::string captured(const std::string& name) {
  std::ifstream file(std::string(TESTDATA_DIR) + '/' + name + ".log", std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A report of that title, as ThreadSanitizer frames it.
std::string report(const std::string& title,
                   const std::string& body = "    #0 f a.cpp:1 (submission.so+0x1)\n\n") {
  return "==================\nWARNING: ThreadSanitizer: " + title + " (pid=7)\n" + body +
         "SUMMARY: ThreadSanitizer: " + title + " a.cpp:1 in f\n==================\n";
}

TsanReport only_report(const std::string& log) {
  const TsanLog parsed = parse_tsan_log(log);
  REQUIRE(parsed.reports.size() == 1);
  CHECK_FALSE(parsed.truncated);
  return parsed.reports[0];
}

TsanFrame only_frame(const std::string& line) {
  const TsanReport parsed = only_report(report("data race", line + "\n\n"));
  REQUIRE(parsed.stacks.size() == 1);
  REQUIRE(parsed.stacks[0].frames.size() == 1);
  return parsed.stacks[0].frames[0];
}

std::vector<Role> roles(const TsanReport& parsed) {
  std::vector<Role> out;
  for (const TsanStack& stack : parsed.stacks) out.push_back(stack.role);
  return out;
}

const std::vector<std::string> kCompilers = {"gcc", "clang"};

}  // namespace

TEST_CASE("a race has two accesses with their threads, and where those were created") {
  for (const std::string& compiler : kCompilers) {
    CAPTURE(compiler);
    const TsanLog log = parse_tsan_log(captured("race_int." + compiler));
    CHECK_FALSE(log.truncated);
    CHECK(log.failure.empty());
    REQUIRE(log.reports.size() == 2);
    const TsanReport& race = log.reports[0];
    CHECK(race.problem == TsanProblem::race);
    CHECK(race.kind == FindingKind::data_race);
    CHECK(race.title == "data race");
    CHECK(roles(race) ==
          std::vector<Role>{Role::access, Role::access, Role::other, Role::creation, Role::creation});
    CHECK(race.stacks[0].thread + race.stacks[1].thread == 1 + 2);
    CHECK(race.stacks[3].thread == race.stacks[0].thread);
    CHECK(race.stacks[4].thread == race.stacks[1].thread);

    const TsanFrame& frame = race.stacks[0].frames.at(0);
    CHECK(frame.module == "submission.so");
    CHECK(frame.file == "student.cpp");
    CHECK(frame.line > 0);
    CHECK(frame.function.starts_with("Counter::"));
    // Frames that nothing could name are there all the same.
    const TsanFrame& last = race.stacks[0].frames.back();
    CHECK(last.module == "libstdc++.so.6");
    CHECK(last.function.empty());
    CHECK(last.file.empty());
  }
}

TEST_CASE("a lock-order inversion has an acquisition and a held mutex for each of its edges") {
  for (const std::string& compiler : kCompilers) {
    const TsanLog log = parse_tsan_log(captured("lock_order." + compiler));
    REQUIRE(log.reports.size() == 2);
    CHECK(log.reports[0].problem == TsanProblem::lock_order);
    CHECK(log.reports[0].kind == FindingKind::potential_deadlock);
    const std::vector<Role> found = roles(log.reports[0]);
    REQUIRE(found.size() == 6);
    CHECK(std::vector(found.begin(), found.begin() + 4) ==
          std::vector<Role>{Role::acquisition, Role::held, Role::acquisition, Role::held});
  }
}

TEST_CASE("a locked mutex that is destroyed has two subjects") {
  for (const std::string& compiler : kCompilers) {
    const TsanLog log = parse_tsan_log(captured("destroy_locked." + compiler));
    REQUIRE(log.reports.size() == 2);
    const std::vector<Role> found = roles(log.reports[0]);
    CHECK(log.reports[0].problem == TsanProblem::locked_mutex_destroyed);
    CHECK(std::ranges::count(found, Role::subject) == 2);
  }
}

// Goal: no title is lost or taken for another. Method: every title of g++ 12's libtsan and of compiler-rt,
// and strangers.
TEST_CASE("every title has its problem and kind") {
  const std::vector<std::tuple<std::string, TsanProblem, FindingKind>> titles = {
      {"data race", TsanProblem::race, FindingKind::data_race},
      {"data race on vptr (ctor/dtor vs virtual call)", TsanProblem::vptr_race, FindingKind::data_race},
      {"heap-use-after-free", TsanProblem::use_after_free, FindingKind::use_after_free},
      {"heap-use-after-free (virtual call vs free)", TsanProblem::use_after_free,
       FindingKind::use_after_free},
      {"race on external object", TsanProblem::race, FindingKind::data_race},
      {"race on a library object", TsanProblem::race, FindingKind::data_race},
      {"Swift access race", TsanProblem::race, FindingKind::data_race},
      {"thread leak", TsanProblem::thread_leak, FindingKind::thread_leak},
      {"destroy of a locked mutex", TsanProblem::locked_mutex_destroyed, FindingKind::mutex_misuse},
      {"double lock of a mutex", TsanProblem::mutex_locked_twice, FindingKind::mutex_misuse},
      {"use of an invalid mutex (e.g. uninitialized or destroyed)", TsanProblem::invalid_mutex,
       FindingKind::mutex_misuse},
      {"unlock of an unlocked mutex (or by a wrong thread)", TsanProblem::unheld_mutex_unlocked,
       FindingKind::mutex_misuse},
      {"read lock of a write locked mutex", TsanProblem::write_locked_mutex_read_locked,
       FindingKind::mutex_misuse},
      {"read unlock of a write locked mutex", TsanProblem::write_locked_mutex_read_unlocked,
       FindingKind::mutex_misuse},
      {"mutex held in the wrong context", TsanProblem::mutex_held_wrongly, FindingKind::mutex_misuse},
      {"lock-order-inversion (potential deadlock)", TsanProblem::lock_order, FindingKind::potential_deadlock},
      {"signal-unsafe call inside of a signal", TsanProblem::other, FindingKind::unrecognised_report},
      {"signal handler spoils errno", TsanProblem::other, FindingKind::unrecognised_report},
      {"a kind of tomorrow", TsanProblem::other, FindingKind::unrecognised_report},
      {"data racers", TsanProblem::other, FindingKind::unrecognised_report},
      {"", TsanProblem::other, FindingKind::unrecognised_report},
  };
  for (const auto& [title, problem, kind] : titles) {
    CAPTURE(title);
    const TsanReport parsed = only_report(report(title));
    CHECK(parsed.title == title);
    CHECK(parsed.problem == problem);
    CHECK(parsed.kind == kind);
  }
}

TEST_CASE("frames are read in every form that ThreadSanitizer writes") {
  TsanFrame frame =
      only_frame("    #0 Queue::push(int) /a b/queue.cpp:12:7 (/tmp/x/submission.so+0x12ab) (BuildId: 12ef)");
  CHECK(frame.function == "Queue::push(int) /a");  // Blanks in folders are the one ambiguity; ours have none.
  CHECK(frame.line == 12);
  CHECK(frame.module == "submission.so");

  frame = only_frame("    #0 operator new(unsigned long) <null> (libtsan.so.2+0x1)");
  CHECK(frame.function == "operator new(unsigned long)");
  CHECK(frame.file.empty());
  CHECK(frame.line == 0);
  CHECK(frame.module == "libtsan.so.2");

  frame = only_frame("    #0 lambda in Pool::Pool pool.cpp:7 (submission.so+0x1)");
  CHECK(frame.function == "lambda in Pool::Pool");
  CHECK(frame.file == "pool.cpp");
  CHECK(frame.line == 7);

  frame = only_frame("    #0 <null> <null> (submission.so+0x1358)");
  CHECK(frame.function.empty());
  CHECK(frame.file.empty());
  CHECK(frame.module == "submission.so");

  frame = only_frame("    #0 main main.cpp:3");
  CHECK(frame.function == "main");
  CHECK(frame.file == "main.cpp");
  CHECK(frame.line == 3);
  CHECK(frame.module.empty());

  // A submission chooses the names in it, but the object stands last: it cannot pass for the driver.
  frame = only_frame("    #0 f (driver_tsan+0x1) x.cpp:1 (submission.so+0x1)");
  CHECK(frame.module == "submission.so");

  frame = only_frame("    #0 f x.cpp:99999999999999999999 (submission.so+0x1)");
  CHECK(frame.line == 0);
}

TEST_CASE("a stack that could not be restored has no frames") {
  const TsanReport parsed =
      only_report(report("data race",
                         "  Write of size 4 at 0x7b by main thread (mutexes: write M1, read M2):\n"
                         "    #0 f a.cpp:1 (submission.so+0x1)\n\n"
                         "  Previous atomic read of size 4 at 0x7b by thread T12:\n"
                         "    [failed to restore the stack]\n\n"));
  REQUIRE(roles(parsed) == std::vector<Role>{Role::access, Role::access});
  CHECK(parsed.stacks[0].thread == 0);
  CHECK(parsed.stacks[0].frames.size() == 1);
  CHECK(parsed.stacks[1].thread == 12);
  CHECK(parsed.stacks[1].frames.empty());
}

TEST_CASE("headings of an unknown kind do not mix their frames with others") {
  const TsanReport parsed = only_report(report("data race",
                                               "  Write of size 4 at 0x7b by thread T1:\n"
                                               "    #0 f a.cpp:1 (submission.so+0x1)\n\n"
                                               "  Something new at:\n"
                                               "    #0 g a.cpp:2 (submission.so+0x1)\n\n"
                                               "    #0 h a.cpp:3 (submission.so+0x1)\n"
                                               "    #0 i a.cpp:4 (submission.so+0x1)\n"));
  CHECK(roles(parsed) == std::vector<Role>{Role::access, Role::other, Role::other, Role::other});
  for (const TsanStack& stack : parsed.stacks) CHECK(stack.frames.size() == 1);
}

TEST_CASE("a detector that cannot work says so") {
  for (const std::string line :
       {"FATAL: ThreadSanitizer: unexpected memory mapping 0x55-0x56",
        "FATAL: ThreadSanitizer can not mmap the shadow memory",
        "ThreadSanitizer: CHECK failed: sanitizer_allocator.h:1 \"((0)) != ((0))\" (0x0, 0x0) (tid=1)",
        "FATAL: ThreadSanitizer CHECK failed: a.cpp:1", "ThreadSanitizer: thread overflow (3*4). Dying."}) {
    const TsanLog log = parse_tsan_log(line + "\nFATAL: ThreadSanitizer: second\n");
    CHECK(log.failure == line);
    CHECK(log.reports.empty());
  }
}

TEST_CASE("notices are no reports") {
  const TsanLog log = parse_tsan_log(
      "ThreadSanitizer: reported 2 warnings\n"
      "WARNING: ThreadSanitizer: memory layout is incompatible, possibly due to high-entropy ASLR. "
      "Re-execing.\n"
      "WARNING: Program is run with unlimited stack size, which wouldn't work with ThreadSanitizer.\n"
      "ThreadSanitizer: periodic memory flush\n");
  CHECK(log.reports.empty());
  CHECK(log.failure.empty());
  CHECK_FALSE(log.truncated);
}

TEST_CASE("errors that end the process are reports although nothing closes them") {
  TsanLog log = parse_tsan_log(
      "ThreadSanitizer:DEADLYSIGNAL\n==7==ERROR: ThreadSanitizer: SEGV on unknown address 0x0 (pc 0x1 T1)\n"
      "==7==The signal is caused by a READ memory access.\n    #0 f a.cpp:1 (submission.so+0x1)\n\n"
      "ThreadSanitizer can not provide additional info.\nSUMMARY: ThreadSanitizer: SEGV a.cpp:1 in "
      "f\n==7==ABORTING\n");
  REQUIRE(log.reports.size() == 1);
  CHECK(log.reports[0].kind == FindingKind::crash);
  CHECK(log.reports[0].stacks.size() == 1);
  CHECK_FALSE(log.truncated);

  log = parse_tsan_log(
      "ThreadSanitizer: thread T1  finished with ignores enabled, created at:\n    #0 f a.cpp:1 "
      "(submission.so+0x1)\n");
  REQUIRE(log.reports.size() == 1);
  CHECK(log.reports[0].kind == FindingKind::unrecognised_report);
  CHECK(log.reports[0].title == "thread finished with ignores enabled");
  CHECK(log.reports[0].stacks.size() == 1);
}

TEST_CASE("a report that never ends is left out and told") {
  const std::string whole = report("thread leak");
  const std::string unfinished =
      "==================\nWARNING: ThreadSanitizer: data race (pid=7)\n    #0 f a.cpp:1\n";
  TsanLog log = parse_tsan_log(whole + unfinished);
  CHECK(log.truncated);
  REQUIRE(log.reports.size() == 1);
  CHECK(log.reports[0].problem == TsanProblem::thread_leak);

  // The next report shows that the one before was broken off.
  log = parse_tsan_log(
      "WARNING: ThreadSanitizer: data race (pid=7)\n    #0 f a.cpp:1\nWARNING: ThreadSanitizer: thread leak "
      "(pid=8)\n==================\n");
  CHECK(log.truncated);
  REQUIRE(log.reports.size() == 1);
  CHECK(log.reports[0].problem == TsanProblem::thread_leak);

  for (const std::string& compiler : kCompilers) {
    log = parse_tsan_log(captured("truncated." + compiler));
    CHECK(log.truncated);
    CHECK(log.reports.size() == 1);
  }
}

// Goal: wherever a log is cut, whole reports come out as before, and the cut is told. Method: every prefix of
// a real log of two reports; only at the end of a line between reports is nothing missing.
TEST_CASE("every prefix of a log gives the reports that it has whole") {
  for (const std::string& compiler : kCompilers) {
    const std::string log = captured("race_int." + compiler);
    const std::string separator = "==================\n";
    const std::size_t first_end = log.find(separator, separator.size()) + separator.size();
    const std::size_t second_end = log.rfind(separator) + separator.size();
    for (std::size_t size = 0; size <= log.size(); ++size) {
      const TsanLog parsed = parse_tsan_log(std::string_view(log).substr(0, size));
      const bool between = size == 0 || size == first_end || size == second_end || size == log.size();
      REQUIRE(parsed.truncated != between);
      REQUIRE(parsed.reports.size() == (size >= second_end ? 2u : size >= first_end ? 1u : 0u));
    }
  }
}

TEST_CASE("bytes that are no text do not hide the reports around them") {
  for (const std::string& compiler : kCompilers) {
    const TsanLog log = parse_tsan_log(captured("garbage." + compiler));
    REQUIRE(log.reports.size() == 3);
    for (const TsanReport& parsed : log.reports) CHECK(parsed.problem == TsanProblem::race);
  }
  const TsanReport parsed = only_report(report("data \xFF\x1B[2J\x00race"));
  CHECK(parsed.title == printable(parsed.title));
}

TEST_CASE("the number of reports is bounded") {
  std::string log;
  for (std::size_t i = 0; i < kTsanReportsMax; ++i) log += report("data race");
  TsanLog parsed = parse_tsan_log(log);
  CHECK(parsed.reports.size() == kTsanReportsMax);
  CHECK_FALSE(parsed.truncated);
  parsed = parse_tsan_log(log + report("data race"));
  CHECK(parsed.reports.size() == kTsanReportsMax);
  CHECK(parsed.truncated);
}

// Goal: total on any bytes, with bounded and printable results. Method: a seeded loop that damages real logs.
TEST_CASE("damaged logs never break the parser") {
  std::mt19937 random(20250102);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  std::vector<std::string> logs;
  for (const std::string& compiler : kCompilers)
    for (const char* name : {"race_int", "lock_order", "destroy_locked", "thread_leak"})
      logs.push_back(captured(name + ('.' + compiler)).substr(0, 6000));
  const std::vector<std::string> pieces = {"\n",
                                           "    #0 ",
                                           "  ",
                                           "==================\n",
                                           "WARNING: ThreadSanitizer: ",
                                           "(submission.so+0x",
                                           ":",
                                           ")",
                                           "\n\n",
                                           "#99999999999999999999 ",
                                           " by thread T"};
  for (int round = 0; round < 3000; ++round) {
    std::string log = logs[below(logs.size())];
    for (std::size_t edits = 1 + below(12); edits > 0; --edits) {
      const std::size_t at = below(log.size());
      switch (below(4)) {
        case 0:
          log[at] = static_cast<char>(below(256));
          break;
        case 1:
          log.erase(at, 1 + below(200));
          break;
        case 2:
          log.insert(at, pieces[below(pieces.size())]);
          break;
        default:
          log.insert(at, log.substr(below(log.size()), below(300)));
          break;
      }
      if (log.empty()) log = "x";
    }
    const TsanLog parsed = parse_tsan_log(log);
    bool good = printable(parsed.failure) == parsed.failure;
    for (const TsanReport& one : parsed.reports) {
      good = good && printable(one.title) == one.title;
      for (const TsanStack& stack : one.stacks)
        for (const TsanFrame& frame : stack.frames)
          good = good && printable(frame.function) == frame.function && printable(frame.file) == frame.file &&
                 frame.file.find('\n') == std::string::npos && frame.line >= 0;
    }
    REQUIRE(good);
  }
}

}  // namespace racecourse
