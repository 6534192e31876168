// A fingerprint of what has happened so far, the same for all orders of independent operations.
//
// Two interleavings whose conflicting operations stand in the same order lead to the same state (Mazurkiewicz
// traces); they get the same fingerprint, others do not (64 bits: for a million states the chance of any
// mistake is below 1e-7). Each operation is hashed with the operations of other threads that it must come
// after; the fingerprint is the sum over threads of the hash of their last operation.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "operation.hpp"

namespace racecourse::schedules {

class HappensBeforeHash {
 public:
  void reset() {
    threads_.fill(0);
    objects_.clear();
  }
  void executed(ThreadId thread, const Operation& operation) {
    if (thread == kNoThread) {
      // Time passes when everybody waits: after all that was, before all that will be.
      const std::uint64_t all = mix(value(), 0x7173);
      for (std::uint64_t& hash : threads_) hash = mix(hash, all);
      return;
    }
    std::uint64_t& mine = threads_[thread];
    if (operation.object == 0) {
      // Nobody else's business, but the thread is further than it was.
      mine = mix(mine, static_cast<std::uint64_t>(operation.kind) << 16 | thread);
      return;
    }
    const std::uintptr_t first = operation.object >> 3;
    const std::uintptr_t last = (operation.object + (operation.size > 0 ? operation.size - 1u : 0u)) >> 3;
    std::uint64_t hash = mix(mine, static_cast<std::uint64_t>(operation.kind) << 16 | thread);
    for (std::uintptr_t word = first; word <= last; ++word) {
      const Object& object = objects_[word];
      hash = mix(hash, word);
      hash = mix(hash, object.last_write);
      if (!operation.reads_only) hash = mix(hash, object.reads);
    }
    mine = hash;
    for (std::uintptr_t word = first; word <= last; ++word) {
      Object& object = objects_[word];
      if (operation.reads_only) {
        object.reads += mix(hash, 1);  // A sum, because the order of reads does not matter.
      } else {
        object = {hash, 0};
      }
    }
  }
  // The thread's execution depended on a choice besides.
  void chose(ThreadId thread, std::uint64_t what) { threads_[thread] = mix(threads_[thread], what); }
  [[nodiscard]] std::uint64_t value() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < threads_.size(); ++i)
      if (threads_[i] != 0) sum += mix(threads_[i], i);
    return sum;
  }

  static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    std::uint64_t z = (a ^ (b * 0x9E3779B97F4A7C15u)) + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

 private:
  struct Object {
    std::uint64_t last_write = 0;
    std::uint64_t reads = 0;
  };
  std::array<std::uint64_t, kThreadsMax> threads_{};
  std::unordered_map<std::uintptr_t, Object> objects_;
};

}  // namespace racecourse::schedules
