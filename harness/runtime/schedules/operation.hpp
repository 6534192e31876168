// Operation: what a controlled thread is about to do, as strategies, the race detector and the story see it.
//
// A value. An operation is announced at a switch point, before it happens; it happens, whole, when the thread
// is next chosen. Everything a thread does between two operations touches only what it alone can see.
#pragma once

#include <cstdint>
#include <string_view>

namespace racecourse::schedules {

// Threads are numbered in the order of their creation within an execution; the scenario's body is thread 0.
using ThreadId = std::uint16_t;
inline constexpr ThreadId kNoThread = 0xFFFF;
// Chosen for the vector clocks: 256 clocks of 4 bytes are 1 KB a synchronisation object at worst.
inline constexpr ThreadId kThreadsMax = 256;

enum class OperationKind : std::uint8_t {
  start,
  read,
  write,
  atomic_load,
  atomic_store,
  atomic_update,
  fence,
  mutex_lock,
  mutex_try_lock,
  mutex_unlock,
  shared_lock,
  exclusive_lock,
  rwlock_unlock,
  condition_wait,
  condition_notify,
  semaphore_wait,
  semaphore_post,
  barrier_wait,
  descriptor_read,
  descriptor_write,
  descriptor_wait,  // poll() and its kin.
  once,
  futex_wait,
  futex_wake,
  thread_create,
  thread_join,
  thread_detach,
  thread_exit,
  memory_free,
  sleep,
  yield,
  clock_read,
  operation_begin,  // Of an operation that must be lock-free.
  operation_end,
  time_passes,
};
inline constexpr int kOperationKinds = static_cast<int>(OperationKind::time_passes) + 1;

[[nodiscard]] std::string_view to_text(OperationKind kind);

struct Operation {
  OperationKind kind = OperationKind::start;
  std::uint8_t size = 0;      // Bytes of a memory access, at most 16 of a longer one; 0 otherwise.
  bool reads_only = false;    // Two operations that only read commute.
  std::uintptr_t object = 0;  // The address it is about; 0 where it touches nothing shared.
  std::uintptr_t pc = 0;      // The return address into the code that asked for it.
};

[[nodiscard]] inline bool is_plain_access(OperationKind kind) {
  return kind == OperationKind::read || kind == OperationKind::write;
}

// Whether the order of the two can matter. Judged by 8-byte words, so it may say yes too often, never no too
// often.
[[nodiscard]] inline bool conflict(const Operation& a, const Operation& b) {
  const std::uintptr_t a_last = (a.object + (a.size > 0 ? a.size - 1u : 0u)) >> 3;
  const std::uintptr_t b_last = (b.object + (b.size > 0 ? b.size - 1u : 0u)) >> 3;
  return a.object != 0 && b.object != 0 && !(a.reads_only && b.reads_only) && a.object >> 3 <= b_last &&
         b.object >> 3 <= a_last;
}

}  // namespace racecourse::schedules
