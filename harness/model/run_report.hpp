// RunReport: what happened in one run of one scenario under one instrument. A value.
//
// Kernel facts (exit, signal, limits, times) come from the launcher and are trusted; the events come from
// inside the student's process and are claims.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/finding.hpp"

namespace racecourse {

enum class LimitHit { none, wall_blocked, wall_spinning, cpu, memory, processes, disk, output };

struct KernelFacts {
  std::optional<int> exit_code;  // One of exit_code and signal is set.
  std::optional<int> signal;
  LimitHit limit_hit = LimitHit::none;
  bool file_limit_hit = false;  // SIGXFSZ was the death of it.
  std::uint32_t survivors = 0;  // Processes that outlived the main one and were killed.
  std::chrono::microseconds wall{0};
  std::chrono::microseconds charged{0};  // Of wall, without what it waited for a core; limits go by it.
  std::chrono::microseconds cpu{0};
  std::uint64_t memory_peak_bytes = 0;
};

// What the scenario said, in order. Which members are used depends on `kind`.
struct Event {
  enum class Kind {
    started,
    observation,
    assertion,
    fault,
    exception,
    timed,
    crash_stack,
    exit_seen,
    finished,
    // Under schedules: a finding, then the parts threads have in it and the steps of its story; each outcome
    // that occurred; at the end what was explored, or of a replay whether it could be followed.
    schedule_finding,
    finding_place,
    story_step,
    outcome,
    explored,
    replayed
  };
  Kind kind = Kind::started;
  std::string name;   // observation: its name; fault, schedule_finding: the finding kind's text; exception:
                      // its type; story_step: the operation; outcome: its text.
  std::string value;  // observation: JSON text; assertion: the values; exception: what(); story_step: the
                      // value read or written, if any; schedule_finding, outcome: the token of the schedule.
  std::string message;     // assertion, fault, schedule_finding: the sentence for the student; finding_place:
                           // what the thread does there.
  std::string expression;  // assertion: the source text.
  std::string file;        // assertion: the scenario's file.
  int line = 0;
  std::vector<std::uint64_t>
      addresses;  // crash_stack, exit_seen: offsets into the submission's object, innermost first.
  std::vector<Place> places;             // The same addresses as source places, filled in by run/.
  std::chrono::nanoseconds duration{0};  // timed.
  int thread = 0;                        // finding_place, story_step.
  std::int64_t object = 0;               // story_step: equal for steps on the same word.
  std::vector<std::uint64_t>
      modules;  // finding_place, story_step: of each address, 0 the submission, 1 the driver.
  std::int64_t preemptions = 0;  // schedule_finding.
  std::int64_t executions = 0;   // explored.
  bool complete = false;         // explored: exhaustive; replayed: every decision could be followed.
};

struct RunReport {
  std::string scenario;
  Instrument instrument = Instrument::correctness;
  int run = 0;  // 0-based; decides the inputs with the grading seed.
  KernelFacts kernel;
  std::vector<Event> events;
  bool events_cut = false;       // The channel carried more than the limit, or bytes that are no events.
  bool foreign_message = false;  // Somebody but the scenario wrote to the channel.
  bool token_returned = false;   // The completion token, sent after the student's code had run, came back.
  std::string tsan_log;          // What ThreadSanitizer wrote to the channel of its own.
  std::string output;            // Standard output and error, printable, shortened.
};

}  // namespace racecourse
