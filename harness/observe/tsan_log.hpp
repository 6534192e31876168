// TSan log: the text that ThreadSanitizer wrote about one run, read into reports.
//
// The log is symbolised before (run/symbolizer.hpp). It comes from a process that runs a student's code, so
// the parser is total: any bytes give a value, in linear time and bounded memory, with printable texts. A
// report is either whole or left out, and leaving one out sets `truncated`. A kind we do not know is a report
// all the same. Formats: libtsan of g++ 12 and later, compiler-rt of clang 14 and later. Pure; any thread may
// call it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/terms.hpp"

namespace racecourse {

// What ThreadSanitizer can report, by its own titles; they are in the table of tsan_log.cpp.
enum class TsanProblem {
  race,
  vptr_race,
  use_after_free,
  lock_order,
  thread_leak,
  locked_mutex_destroyed,
  mutex_locked_twice,
  invalid_mutex,
  unheld_mutex_unlocked,
  write_locked_mutex_read_locked,
  write_locked_mutex_read_unlocked,
  mutex_held_wrongly,
  crash,
  other,  // Known but without a finding of its own, or unknown.
};

struct TsanFrame {
  std::string function;  // Empty where unknown.
  std::string file;      // Empty where unknown.
  int line = 0;
  std::string module;  // File name without folders; empty where unknown.
};

struct TsanStack {
  enum class Role {
    access,       // A thread's access to memory: two in a race. The first is the one that was noticed.
    subject,      // Where the reported thing happened, in reports that are not about memory.
    acquisition,  // lock_order: a mutex is acquired while another is held.
    held,         // lock_order: where that other one had been acquired.
    creation,     // Where `thread` was created.
    other,        // Where a mutex or a heap block was created, a sleep, and what is new.
  };
  Role role = Role::other;
  int thread = -1;  // Of an access or a creation: ThreadSanitizer's number, 0 the main thread; -1 unknown.
  std::vector<TsanFrame> frames;  // Innermost first; empty if ThreadSanitizer could not restore the stack.
};

struct TsanReport {
  TsanProblem problem = TsanProblem::other;
  FindingKind kind = FindingKind::unrecognised_report;
  std::string title;  // ThreadSanitizer's, without the process id.
  std::vector<TsanStack> stacks;
};

struct TsanLog {
  std::vector<TsanReport> reports;
  bool truncated = false;  // A report is cut or damaged and left out, or there were too many.
  // The first line in which ThreadSanitizer says that it cannot work (no shadow memory, a failed check of its
  // own), or empty. Then nothing follows from the reports' absence; it is the machine's fault until the
  // canary says otherwise.
  std::string failure;
};

inline constexpr std::size_t kTsanReportsMax = 2000;

[[nodiscard]] TsanLog parse_tsan_log(std::string_view log);

}  // namespace racecourse
