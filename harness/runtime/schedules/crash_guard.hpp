// Turns a crash of the world into a finding: a deadly signal, a stack that runs over, an exception nobody
// catches, a loop that no hook ever interrupts.
//
// The last is told by processor time, the only use of it in the runtime: code of the world that runs for
// kStuckSeconds without a single access to memory that the compiler shows will never do anything else. Main
// OS thread only.
#pragma once

namespace racecourse::schedules {

class CrashGuard {
 public:
  static constexpr int kStuckSeconds = 4;

  CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;
  // Puts the handlers that were there before back.
  ~CrashGuard();
};

}  // namespace racecourse::schedules
