// The entry to controlled schedules: runs a body many times, each time under another schedule, and says what
// happened.
//
// The body is code of the world (see world_flag.hpp): it may create threads and use what the standard library
// and POSIX offer for synchronisation; what it does in one execution the next one does not see. One
// exploration at a time, from the process's main thread, before which no other thread may exist. No exception
// of the body comes out of here.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "finding.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

enum class SwitchPoints {
  // Synchronisation, atomics, and plain accesses where a data race was seen. Enough for every outcome of a
  // program:
  // where no race is found the order of plain accesses cannot matter, and a race is itself a finding.
  synchronisation_and_races,
  every_access,
};

enum class MemoryModel { sequential, cpp20 };

// How often in one execution each thing may go wrong that a correct program must survive.
struct Adversity {
  std::uint32_t early_timeouts = 0;
  std::uint32_t spurious_wakeups = 0;
  std::uint32_t weak_failures = 0;
  std::uint32_t creation_failures = 0;
  std::uint32_t stopped_threads = 1;  // Only inside a LockFreeScope.
};

struct Options {
  std::uint64_t executions_max = 10'000;
  // Of one execution; beyond it the schedule becomes fair, and after as many steps again it is a livelock.
  std::uint64_t steps_max = 50'000;
  // How often others may get, under a fair schedule, what a thread waits for; more is starvation
  // (starvation.hpp).
  std::uint32_t bypasses_max = 1000;
  // Of all executions together.
  std::uint64_t total_steps_max = ~std::uint64_t{0};
  SwitchPoints switch_points = SwitchPoints::synchronisation_and_races;
  MemoryModel memory_model = MemoryModel::sequential;
  Adversity adversity;
  bool detect_races = true;
  // Stops after so many different findings.
  std::uint32_t findings_max = 1;
  // Modules whose globals are part of the world.
  std::vector<std::string_view> world_modules = {"submission.so"};
  // Executions spent on making a failing schedule simpler.
  std::uint32_t minimise_executions_max = 400;
  std::uint32_t story_steps_max = 200;
  // Steps of a replay at which racecourse_story_step() is called, for a debugger to stop at. Sorted.
  std::vector<std::uint64_t> stops;
};

struct Summary {
  std::uint64_t executions = 0;  // That ran to their end.
  std::uint64_t pruned = 0;      // That the strategy ended, because an equivalent one was explored.
  std::uint64_t steps = 0;
  std::uint64_t switches = 0;     // From a thread to another.
  std::uint32_t threads_max = 0;  // In one execution, the body's included.
  // The strategy has tried everything it would try, within the limits above.
  bool exhaustive = false;
  // Each outcome (the observations of an execution, in order, as one text) and the schedule that gave it
  // first.
  std::map<std::string, Schedule> outcomes;
  std::vector<Finding> findings;
};

// Hears of what is established while it is established, so that nothing is lost if the process dies.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void on_outcome(const std::string& outcome, const Schedule& schedule) = 0;
  virtual void on_finding(const Finding& finding) = 0;
};

using Body = void (*)(void* argument);

Summary explore(Body body, void* argument, Strategy& strategy, const Options& options, Sink* sink = nullptr);

template <class Callable>
Summary explore(Callable body, Strategy& strategy, const Options& options, Sink* sink = nullptr) {
  return explore([](void* callable) { (*static_cast<Callable*>(callable))(); }, &body, strategy, options,
                 sink);
}

// What one execution under a given schedule does.
struct Replay {
  std::vector<Finding> findings;  // With digest and story, neither minimised nor verified.
  std::string outcome;
  std::uint64_t digest = 0;
  std::uint64_t steps = 0;
  std::uint32_t preemptions = 0;
  bool faithful = false;  // Every decision of the schedule could be followed.
  std::vector<StoryStep> story;
};
Replay replay(Body body, void* argument, const Schedule& schedule, const Options& options);

template <class Callable>
Replay replay(Callable body, const Schedule& schedule, const Options& options) {
  return replay([](void* callable) { (*static_cast<Callable*>(callable))(); }, &body, schedule, options);
}

// For the scenario API, from the body's thread inside an execution; ignored outside one.
void observe(std::string_view name, std::string_view value);
// The scenario establishes a finding: this execution is wrong. `fault` see Finding.
void report_failure(FindingKind kind, std::string_view message, std::string_view fault = {});
// What the execution has observed so far: its outcome, if it ends now.
[[nodiscard]] const std::string& observed();
// Marks an operation of the calling thread that must be lock-free; see lock_free.hpp. Scopes nest.
void begin_lock_free_operation();
void end_lock_free_operation();
class LockFreeScope {
 public:
  LockFreeScope() { begin_lock_free_operation(); }
  LockFreeScope(const LockFreeScope&) = delete;
  LockFreeScope& operator=(const LockFreeScope&) = delete;
  ~LockFreeScope() { end_lock_free_operation(); }
};
// True inside an execution.
[[nodiscard]] bool exploring();

// Ends the time in which allocations belong to the world's initial state. The driver's main calls it first.
void world_is_loaded();

}  // namespace racecourse::schedules

// Does nothing, on the stack of the thread that is about to take that step: a place for a breakpoint.
extern "C" void racecourse_story_step(unsigned thread, unsigned long step);
