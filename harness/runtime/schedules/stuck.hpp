// Explains an execution in which threads wait and nobody can end their waiting.
#pragma once

#include <string>

namespace racecourse::schedules {

class Engine;
struct Thread;

// Pre: some thread is blocked, none can go on, and no deadline is left. Reports a deadlock or a lost wake-up
// and ends the execution.
[[noreturn]] void explain_stuck(Engine& engine);
// What the thread waits for: "waits for a mutex".
[[nodiscard]] std::string waits_text(const Thread& thread);

}  // namespace racecourse::schedules
