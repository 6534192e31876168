// Where the memory of the world lies: at fixed addresses, so that every execution, in every process, sees the
// same ones.
//
// Only addresses inside modules vary, with address-space randomisation; digests use offsets there.
#pragma once

#include <cstddef>
#include <cstdint>

namespace racecourse::schedules {

// The heap of the world. Address space, not memory: pages come when they are touched.
inline constexpr std::uintptr_t kHeapBase = 0x1000'0000'0000;
inline constexpr std::size_t kHeapBytes = std::size_t{512} << 20;

// One slot a thread: [guard][the fiber's stack][guard][the stack and TLS of the parked thread].
inline constexpr std::uintptr_t kSlotsBase = 0x1100'0000'0000;
inline constexpr std::size_t kSlotBytes = std::size_t{2} << 20;
inline constexpr std::size_t kGuardBytes = std::size_t{64} << 10;
inline constexpr std::size_t kParkedBytes = std::size_t{256} << 10;
inline constexpr std::size_t kStackBytes = kSlotBytes - kParkedBytes - 2 * kGuardBytes;

}  // namespace racecourse::schedules
