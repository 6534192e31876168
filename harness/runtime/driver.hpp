// What the parts of a scenario driver share. Not for scenario authors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace racecourse::driver {

// The seed of inputs(): from the grading seed, the scenario and the run.
std::uint64_t input_seed();
void count_failure();

// crash_stack.cpp: sends the student's stack when the process dies of a signal or somebody calls exit(). The
// addresses are offsets into the submission's shared object, so that they do not depend on address-space
// randomisation.
void watch_for_crashes();
void scenario_is_over();

// How a body is run, and what a scenario says meanwhile: body_once.cpp runs it once, and what it says goes to
// the channel at once; schedules_body.cpp (only in the `schedules` driver) runs it once a schedule and
// reports what that establishes.
struct ScheduleOptions {
  std::uint64_t executions = 2'000;
  std::uint64_t steps = 20'000;   // Of one execution.
  std::uint64_t preemptions = 2;  // The bound of the exhaustive search.
  std::uint64_t weak_memory = 0;  // 1: the memory model of C++20 instead of sequential consistency.
  std::uint64_t early_timeouts = 0;
  std::uint64_t spurious_wakeups = 0;
  std::uint64_t weak_failures = 0;
  std::uint64_t creation_failures = 0;
  std::uint64_t stopped_threads = 1;
  std::string foreign;  // An outcome that is a finding: no schedule of the reference has it.
  std::string replay;   // A token: only that schedule is run.
  std::uint64_t stops =
      0;  // 1: and then once more, stopping at the steps of its story (racecourse_story_step).
};
extern ScheduleOptions schedule_options;
void before_anything_else();  // The first thing that main does.
void run_body(void (*body)());
// In an execution. `kind` is the text of a finding's kind.
void fail_in_execution(std::string_view kind, std::string_view message);
void observe_in_execution(std::string_view name, const std::string& json);
// Every execution draws the same inputs.
void restart_inputs();

// sanitizer.cpp in the `races` driver: routes ThreadSanitizer's reports to `descriptor` and provokes the
// canary race. Nothing in the others (no_sanitizer.cpp).
void route_tsan_reports(int descriptor);
void provoke_canary_race();

}  // namespace racecourse::driver
