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

enum class LimitHit { none, wall_blocked, wall_spinning, cpu, memory, processes, output };

struct KernelFacts {
  std::optional<int> exit_code;  // One of exit_code and signal is set.
  std::optional<int> signal;
  LimitHit limit_hit = LimitHit::none;
  bool file_limit_hit = false;  // SIGXFSZ was the death of it.
  std::uint32_t survivors = 0;  // Processes that outlived the main one and were killed.
  std::chrono::microseconds wall{0};
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
    finished
  };
  Kind kind = Kind::started;
  std::string name;        // observation: its name; fault: the finding kind's text; exception: its type.
  std::string value;       // observation: JSON text; assertion: the values; exception: what().
  std::string message;     // assertion, fault: the sentence for the student.
  std::string expression;  // assertion: the source text.
  std::string file;        // assertion: the scenario's file.
  int line = 0;
  std::vector<std::uint64_t>
      addresses;  // crash_stack, exit_seen: offsets into the submission's object, innermost first.
  std::vector<Place> places;             // The same addresses as source places, filled in by run/.
  std::chrono::nanoseconds duration{0};  // timed.
};

struct RunReport {
  std::string scenario;
  Instrument instrument = Instrument::correctness;
  int run = 0;  // 0-based; decides the inputs with the grading seed.
  KernelFacts kernel;
  std::vector<Event> events;
  bool events_cut = false;      // The channel carried more than the limit, or bytes that are no events.
  bool token_returned = false;  // The completion token, sent after the student's code had run, came back.
  std::string tsan_log;         // What ThreadSanitizer wrote to the channel of its own.
  std::string output;           // Standard output and error, printable, shortened.
};

}  // namespace racecourse
