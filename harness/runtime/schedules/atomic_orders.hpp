// What atomic operations of each memory order publish and learn: the synchronises-with relation of C++20.
//
// A release sequence is what C++20 says: a release store and the read-modify-writes that follow it; a plain
// relaxed store, also by the same thread, ends it. Consume is treated as acquire.
#pragma once

#include "engine.hpp"

namespace racecourse::schedules {

enum MemoryOrder : int { kRelaxed, kConsume, kAcquire, kRelease, kAcquireRelease, kSequential };

// The compilers put hints for transactional memory above these bits.
[[nodiscard]] inline MemoryOrder memory_order_of(int order) {
  return static_cast<MemoryOrder>(order & 0x7FFF);
}
[[nodiscard]] inline bool acquires(MemoryOrder order) { return order != kRelaxed && order != kRelease; }
[[nodiscard]] inline bool releases(MemoryOrder order) { return order >= kRelease; }

// The thread reads a store that publishes `published`.
inline void learn(Thread& me, const VectorClock& published, MemoryOrder order) {
  if (published.empty()) return;
  (acquires(order) ? me.clock : me.to_acquire).join(published);
}

// The thread stores: what the object publishes from now on. A read-modify-write continues the release
// sequence.
inline void publish(Thread& me, VectorClock& published, MemoryOrder order, bool continues) {
  const VectorClock& known = releases(order) ? me.clock : me.to_release;
  if (continues) {
    published.join(known);
  } else {
    published = known;
  }
  if (releases(order)) me.advance();
}

inline void fence(Thread& me, MemoryOrder order) {
  if (acquires(order)) me.clock.join(me.to_acquire);
  if (releases(order)) {
    me.to_release = me.clock;
    me.advance();
  }
}

}  // namespace racecourse::schedules
