// What the parts of a scenario driver share. Not for scenario authors.
#pragma once

#include <cstdint>

namespace racecourse::driver {

// The seed of inputs(): from the grading seed, the scenario and the run.
std::uint64_t input_seed();
void count_failure();

// crash_stack.cpp: sends the student's stack when the process dies of a signal or somebody calls exit(). The
// addresses are offsets into the submission's shared object, so that they do not depend on address-space
// randomisation.
void watch_for_crashes();
void scenario_is_over();

// sanitizer.cpp (only in the `races` driver): routes reports to `socket` and provokes the canary race.
void route_tsan_reports(int descriptor);
void provoke_canary_race();

}  // namespace racecourse::driver
