// Explains an execution in which threads wait and nobody can end their waiting.
#pragma once

namespace racecourse::schedules {

class Engine;

// Pre: some thread is blocked, none can go on, and no deadline is left. Reports a deadlock or a lost wake-up
// and ends the execution.
[[noreturn]] void explain_stuck(Engine& engine);

}  // namespace racecourse::schedules
