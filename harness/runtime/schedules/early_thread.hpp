// A thread that an object with static storage starts while the program is loaded, before any execution
// begins.
//
// It could only be a thread of the system, which nothing here controls, beside executions that are replayed
// from the first step. So it is not started at all; its handle can be joined and detached, and every
// exploration gives the finding unsupported_call instead of exploring.
#pragma once

#include <cstdint>

namespace racecourse::schedules {

// Where the first one was to be started; 0 if there was none.
extern constinit std::uintptr_t early_thread_pc;
// Stands for all of them.
[[nodiscard]] unsigned long early_thread_handle();

}  // namespace racecourse::schedules
