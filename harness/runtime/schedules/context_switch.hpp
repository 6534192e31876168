// Switching the one OS thread from one fiber to another: callee-saved registers, stack and thread pointer
// (%fs).
//
// The floating-point control words are not switched: code that changes the rounding mode changes it for all
// threads. x86-64 Linux only.
#pragma once

#include <cstdint>

namespace racecourse::schedules {

// Saves the caller's state below its stack pointer, stores that pointer in *save, and continues what `load`
// saved, with the thread pointer `thread_pointer`. Returns when somebody switches back.
void switch_context(void** save, void* load, std::uintptr_t thread_pointer);

// What to load to start `entry` on an empty stack that ends at `stack_high`. `entry` must not return.
[[nodiscard]] void* fresh_context(std::uintptr_t stack_high, void (*entry)());

// The thread pointer of the caller.
[[nodiscard]] std::uintptr_t current_thread_pointer();

}  // namespace racecourse::schedules
