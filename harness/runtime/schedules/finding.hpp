// What an exploration establishes about a submission. Values; the names of the kinds are those of the grade.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "operation.hpp"
#include "schedule.hpp"

namespace racecourse::schedules {

enum class FindingKind : std::uint8_t {
  data_race,
  deadlock,
  lost_wakeup,
  // The threads keep running under a fair schedule and nobody gets anywhere.
  livelock,
  // Some thread waits for ever while others get on, although the schedule is fair; see starvation.hpp.
  starvation,
  // An operation that must be lock-free cannot be finished while another thread is stopped; see
  // lock_free.hpp.
  not_lock_free,
  potential_deadlock,
  mutex_misuse,
  use_after_free,
  double_free,
  unsupported_call,
  wrong_outcome,
  uncaught_exception,
  crash,
  exit_called,
  thread_leak,
  // Not about the student: the exploration itself failed.
  not_reproducible,
};
inline constexpr int kFindingKinds = static_cast<int>(FindingKind::not_reproducible) + 1;
[[nodiscard]] std::string_view to_text(FindingKind kind);

// An address in a module, free of address-space randomisation. The harness turns it into file, line and
// function.
struct CodeAddress {
  std::string module;  // The file name, "submission.so"; empty for the driver itself.
  std::uint64_t offset = 0;

  friend auto operator<=>(const CodeAddress&, const CodeAddress&) = default;
};

// One thread's part in a finding.
struct Place {
  std::string role;  // "writes 4 bytes", "holds the mutex": completes "thread 1 ...".
  ThreadId thread = 0;
  // Innermost first; each one lies just after a call. A place of which nothing is known has none.
  std::vector<CodeAddress> stack;
};

// One step of the story of an execution.
struct StoryStep {
  std::uint64_t step = 0;
  ThreadId thread = 0;
  OperationKind operation = OperationKind::start;
  bool has_value = false;
  std::uint64_t value = 0;  // What was read or written, up to 8 bytes.
  std::uint32_t object =
      0;  // Equal for operations on the same word; numbered by first appearance, from 1; 0: none.
  CodeAddress place;
  std::vector<CodeAddress> callers;
};

struct Finding {
  FindingKind kind = FindingKind::wrong_outcome;
  std::string message;  // One sentence; nothing in it varies between runs.
  std::string fault;    // wrong_outcome: the scenario's own word for it, if it has a narrower one.
  std::vector<Place> places;
  Schedule schedule;  // Replays it; minimised.
  std::uint32_t preemptions = 0;
  std::uint64_t step = 0;       // Of the execution, at which it showed.
  std::uint64_t execution = 0;  // The number of the execution that found it.
  std::uint64_t digest = 0;     // Of every event of the replay.
  bool verified = false;        // Two more replays gave this finding and this digest.
  std::string token;
  std::vector<StoryStep>
      story;  // The last steps of the replay up to the one at which it showed, oldest first.
};

// Whether two findings are the same fact: kind, and the innermost address of each place in any order.
[[nodiscard]] bool same_fact(const Finding& a, const Finding& b);

}  // namespace racecourse::schedules
