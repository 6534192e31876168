// Thread: one thread of the world, within one execution.
//
// Plain state that the engine and the hooks share; only code of the host touches it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "memory_layout.hpp"
#include "operation.hpp"
#include "vector_clock.hpp"

namespace racecourse::schedules {

struct DescriptorWait;
struct Mutex;
struct SyncObject;
struct Thread;

// Threads that contend for an object or wait on it, in the order they came. Intrusive: a thread is in one at
// most.
class ThreadQueue {
 public:
  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  [[nodiscard]] Thread* first() const { return first_; }
  [[nodiscard]] std::uint32_t size() const;
  void push(Thread& thread);
  void remove(Thread& thread);
  void reset() { first_ = last_ = nullptr; }

 private:
  Thread* first_ = nullptr;
  Thread* last_ = nullptr;
};

// Recognises a thread that goes round a loop in which nothing new can happen until somebody else acts: it
// keeps reading the same values at the same places. Such a thread is not blocked, since its loop may be
// bounded, but it gives way.
class SpinDetector {
 public:
  // Chosen so that the 16 looks libstdc++ takes before it sleeps are cut short, and a loop that looks at two
  // words or a program that polls a few times is not.
  static constexpr std::uint32_t kStaleReads = 6;
  // Whoever reads a few words twice or three times, one after the other, is in no loop.
  static constexpr std::uint32_t kStaleRounds = 3;

  void reset() { *this = {}; }
  // Returns true when the thread turns out to spin.
  bool saw(std::uintptr_t pc, std::uintptr_t address, std::uint64_t value) {
    const Look look{pc, address, value};
    // In a loop the looks come in the same order again, so the one after the last match is tried first.
    if (looks_[next_] != look) {
      const auto found = std::find(looks_.begin(), looks_.end(), look);
      if (found == looks_.end()) {
        next_ = (newest_ + 1) % kLooks;
        newest_ = next_;
        looks_[next_] = look;
        next_ = (next_ + 1) % kLooks;
        begin_run();
        return false;
      }
      next_ = static_cast<std::uint32_t>(found - looks_.begin());
    }
    met_ |= 1u << next_;
    next_ = (next_ + 1) % kLooks;
    const auto words = static_cast<std::uint32_t>(std::popcount(met_));
    return ++stale_ >= std::max(kStaleReads, kStaleRounds * words);
  }
  // The thread comes to a switch point. Returns whether that could belong to the loop: it has passed there
  // since it last saw or did something new.
  bool comes_by(std::uintptr_t pc) {
    if (stale_ == 0) return true;
    if (std::find(passed_.begin(), passed_.end(), pc) != passed_.end()) return true;
    passed_[newest_passed_] = pc;
    newest_passed_ = (newest_passed_ + 1) % kPoints;
    return false;
  }
  // The thread changed something that others can see.
  void progressed() {
    begin_run();
    ++changes_;
  }
  // What it looks at may be new.
  void looks_again() { begin_run(); }
  // Since they were last forgotten.
  [[nodiscard]] std::uint32_t changes() const { return changes_; }
  void forget_changes() { changes_ = 0; }
  [[nodiscard]] bool watches(std::uintptr_t address) const {
    for (const Look& look : looks_)
      if (look.address >> 3 == address >> 3) return true;
    return false;
  }

 private:
  struct Look {
    std::uintptr_t pc = 0;
    std::uintptr_t address = 0;
    std::uint64_t value = 0;
    bool operator==(const Look&) const = default;
  };
  void begin_run() {
    if (stale_ == 0) return;  // Nothing else is set then.
    stale_ = 0;
    met_ = 0;
    passed_.fill(0);
  }

  // A loop that looks at more words, or has more switch points, is not recognised.
  static constexpr std::uint32_t kLooks = 8;
  static constexpr std::uint32_t kPoints = 16;
  std::array<Look, kLooks> looks_;  // The last different ones; a ring.
  std::uint32_t newest_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t stale_ = 0;                       // Looks in a row that were nothing new.
  std::uint32_t met_ = 0;                         // Which of the looks they were, a bit each.
  std::array<std::uintptr_t, kPoints> passed_{};  // Where it has come by meanwhile; a ring.
  std::uint32_t newest_passed_ = 0;
  std::uint32_t changes_ = 0;
};

enum class ThreadState : std::uint8_t { runnable, blocked, finished };

// Why a runnable thread gives way to others.
enum class Laziness : std::uint8_t {
  none,
  yielded,   // Until another thread has done something.
  spinning,  // Until another thread has written what it looks at.
};

struct Thread {
  ThreadId id = 0;
  ThreadState state = ThreadState::runnable;
  Laziness laziness = Laziness::none;
  bool starting = false;  // Has not reached its first operation; runs before its creator goes on.
  bool detached = false;
  bool joined = false;
  bool timed_out = false;  // Its last wait ended at the deadline.
  bool gave_up =
      false;  // The deadline passed while it contended; it runs whether or not it can have the object.
  bool has_deadline = false;
  bool contends = false;      // Is in a queue for something it takes when it goes on, not waiting for a wake.
  bool wants_shared = false;  // Contends for a reader-writer lock as a reader.
  ThreadId creator = kNoThread;
  std::uintptr_t created_pc = 0;
  std::uint32_t created_context = 0;
  std::uint32_t context = 0;         // Of calls.
  std::uint32_t ignores = 0;         // Depth of __tsan_ignore_thread_begin.
  std::uint64_t last_scheduled = 0;  // A step.
  bool stopped = false;              // Inside an operation that must be lock-free; see lock_free.hpp.
  std::uint32_t operations = 0;      // Such operations it is in, one within the other.
  Operation pending;

  void* stack_pointer = nullptr;
  std::uintptr_t thread_pointer = 0;
  std::uintptr_t stack_low = 0;

  // What it waits for; nullptr if it is not blocked on an object.
  SyncObject* waits_for = nullptr;
  Mutex* then_locks = nullptr;  // What it contends for as soon as it is woken.
  ThreadQueue* queue = nullptr;
  Thread* queue_next = nullptr;
  Thread* queue_previous = nullptr;
  std::uint64_t deadline_ns = 0;  // On the virtual clock.
  std::uint32_t futex_bits = 0;
  const DescriptorWait* waits_for_descriptors = nullptr;  // On its stack, while it contends for them.
  std::uint64_t wait_began = 0;                           // A step.

  // Counted while the schedule is fair; see starvation.hpp.
  SyncObject* sought = nullptr;     // The lock or semaphore it last took or came to wait for.
  std::uint32_t bypasses = 0;       // How often others got what it waits for, since it came to wait.
  std::uint32_t passed_over = 0;    // How often others got what it last sought, or changed what it looks at.
  std::uint32_t turns_without = 0;  // Choices in a row that fell on others although it could go on.

  VectorClock clock;           // What happened before the thread's present.
  VectorClock lineage;         // What happened before by creating and joining threads alone.
  VectorClock to_acquire;      // What an acquire fence will add: read by relaxed loads.
  VectorClock to_release;      // What a relaxed store publishes: known at the last release fence.
  VectorClock seen_by_fences;  // Memory model c++20: stores that sequentially consistent fences make visible.

  std::uint64_t fence_step = 0;  // Of its last sequentially consistent fence.

  SpinDetector spin;
  std::uintptr_t looked_at = 0;  // The word it last looked at, and what it saw.
  std::uint64_t looked_value = 0;
  std::uint32_t clock_reads = 0;  // In a row, without blocking.

  void* (*start)(void*) = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  struct Destructor {
    void (*run)(void*);
    void* object;
  };
  std::vector<Destructor> destructors;  // Of its thread_local objects.
  std::vector<void*> specific;          // pthread_setspecific.
  struct HeldLock {
    SyncObject* object;
    std::uintptr_t pc;
    std::uint32_t context;
  };
  std::vector<HeldLock> held;

  [[nodiscard]] bool owns_stack_address(std::uintptr_t address) const {
    return address - stack_low < kStackBytes;
  }
  [[nodiscard]] std::uint32_t epoch() const { return clock.at(id); }
  // After everything so far has been published, what comes next must not count as published.
  void advance() { clock.set(id, clock.at(id) + 1); }
  void advance_lineage() { lineage.set(id, lineage.at(id) + 1); }
};

inline std::uint32_t ThreadQueue::size() const {
  std::uint32_t count = 0;
  for (const Thread* thread = first_; thread != nullptr; thread = thread->queue_next) ++count;
  return count;
}

inline void ThreadQueue::push(Thread& thread) {
  thread.queue = this;
  thread.queue_next = nullptr;
  thread.queue_previous = last_;
  (last_ != nullptr ? last_->queue_next : first_) = &thread;
  last_ = &thread;
}

inline void ThreadQueue::remove(Thread& thread) {
  (thread.queue_previous != nullptr ? thread.queue_previous->queue_next : first_) = thread.queue_next;
  (thread.queue_next != nullptr ? thread.queue_next->queue_previous : last_) = thread.queue_previous;
  thread.queue = nullptr;
}

// Runs the destructors of pthread keys (thread_specific.cpp). For the end of a thread, outside the world.
void run_key_destructors(Thread& thread);

}  // namespace racecourse::schedules
