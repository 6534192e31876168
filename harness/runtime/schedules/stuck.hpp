// Explains an execution in which threads wait and nobody can end their waiting.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "finding.hpp"

namespace racecourse::schedules {

class Engine;
struct SyncObject;
struct Thread;

// The question whether a notification was lost. A notification that found nobody waiting is only lost on a
// thread that would have gone on with it; one that looks at its condition and waits again is stuck for
// another reason.
struct Probe {
  ThreadId thread = kNoThread;  // Has been given a notification; kNoThread: nothing is asked.
  const SyncObject* object = nullptr;
  std::uint64_t step = 0;  // When it was given.
  Finding lost;            // If it goes on.
  Finding stuck;           // If all who were asked wait again.
  std::vector<ThreadId> asked;
};

// Pre: some thread is blocked, none can go on, and no deadline is left. Either reports a deadlock or a lost
// wake-up and ends the execution; or has given a notification to a thread, to see whether it waits for one
// that was lost: then the execution goes on, and everything it does is only the answer (Probe).
void explain_stuck(Engine& engine);
// What the thread waits for: "waits for a mutex".
[[nodiscard]] std::string waits_text(const Thread& thread);

}  // namespace racecourse::schedules
