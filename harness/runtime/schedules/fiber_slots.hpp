// Fiber slots: for each thread of the world a stack, and a thread pointer with TLS behind it.
//
// A thread of the world runs on the one OS thread, but everything that is reached through %fs (thread_local,
// errno, pthread_self, the state of exceptions) must be its own. So each slot owns a real thread that only
// lends its TLS block and sleeps for ever. Slots are made when first needed, at fixed addresses, and used
// again by the next execution. Only the exploring OS thread may call this.
#pragma once

#include <cstdint>

namespace racecourse::schedules {

struct FiberSlot {
  std::uintptr_t stack_low = 0;
  std::uintptr_t stack_high = 0;
  std::uintptr_t thread_pointer = 0;  // Also the pthread_t of the parked thread.
};

// The slot of that number, with TLS as a new thread finds it. Makes the slot at the first call; nullptr if
// the machine has no more threads or memory for it.
[[nodiscard]] const FiberSlot* fresh_fiber_slot(std::uint16_t number);

// The slot whose guard page (below the fiber's stack) holds the address, or -1.
[[nodiscard]] int slot_of_guard(std::uintptr_t address);

}  // namespace racecourse::schedules
