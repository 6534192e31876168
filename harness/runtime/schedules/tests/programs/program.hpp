// Programs that examine the runtime: built as a submission is, into submission.so, and run by the test
// drivers.
//
// CORRECT(name) { ... } is a program that must give no finding under any strategy (TIMED: unless deadlines
// may pass early); WRONG(name, kind) { ... } one that must give a finding of that kind and no other. Programs
// of one family stand in one file.
#pragma once

#include <thread>

namespace racecourse::schedules::programs {

struct Program {
  const char* name;
  void (*body)();
  const char* expected;  // The text of a finding kind; nullptr for a correct program.
  const char* also;      // A second kind that may come with it, or "timed"; nullptr if none may.
  Program* next;

  Program(const char* program_name, void (*program_body)(), const char* expected_kind,
          const char* also_kind = nullptr);
};

// The programs of submission.so, last registered first.
[[gnu::visibility("default")]] Program* all_programs();

// The driver says what a failed check does; the runtime's own functions are hidden from a submission.
[[gnu::visibility("default")]] void on_failed_check(void (*report)(const char* sentence));
// And how the runtime hears of operations that must be lock-free.
[[gnu::visibility("default")]] void on_lock_free_operations(void (*begin)(), void (*end)());
// Marks one, as LockFreeScope does for a scenario.
class LockFreeOperation {
 public:
  LockFreeOperation();
  LockFreeOperation(const LockFreeOperation&) = delete;
  LockFreeOperation& operator=(const LockFreeOperation&) = delete;
  ~LockFreeOperation();
};
// The program's own check: a wrong outcome unless it holds.
void require(bool holds, const char* sentence);
// On a thread each; returns when both have ended.
void run_two(auto first, auto second) {
  std::thread a(first);
  std::thread b(second);
  a.join();
  b.join();
}

}  // namespace racecourse::schedules::programs

#define RACECOURSE_PROGRAM(name, ...)                                                                      \
  static void program_##name();                                                                            \
  static ::racecourse::schedules::programs::Program registered_##name(#name, program_##name, __VA_ARGS__); \
  static void program_##name()
#define CORRECT(name) RACECOURSE_PROGRAM(name, nullptr)
// Correct as long as threads are quick: it takes for granted who comes first when all do is sleep.
#define TIMED(name) RACECOURSE_PROGRAM(name, nullptr, "timed")
#define WRONG(name, kind) RACECOURSE_PROGRAM(name, #kind)
// The consequence of the one bug shows in two ways.
#define WRONG_OR(name, kind, other) RACECOURSE_PROGRAM(name, #kind, #other)
