// Lock order: finds deadlocks that no explored schedule showed, from the orders in which locks are taken.
//
// An edge from A to B means that a thread took B while it held A. A cycle whose edges belong to different
// threads, hold no common lock besides (a gate that prevents it), and are not ordered by the creation or
// joining of threads is a potential deadlock. Per execution; exploring schedules multiplies its chances.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "thread.hpp"

namespace racecourse::schedules {

class LockOrder {
 public:
  struct Edge {
    ThreadId thread = 0;
    SyncObject* held = nullptr;
    SyncObject* taken = nullptr;
    std::uintptr_t held_pc = 0;
    std::uint32_t held_context = 0;
    std::uintptr_t taken_pc = 0;
    std::uint32_t taken_context = 0;
    VectorClock lineage;             // Of the thread, when it took the second lock.
    std::vector<SyncObject*> gates;  // All locks it held.
  };
  using Cycle = std::vector<Edge>;

  void new_execution() { edges_.clear(); }
  // `thread` takes `taken`, blocking; its held locks do not contain it yet. Returns a cycle that this closes.
  std::optional<Cycle> takes(const Thread& thread, SyncObject* taken, std::uintptr_t pc);

 private:
  bool extend(Cycle& path, SyncObject* goal) const;
  std::vector<Edge> edges_;
};

}  // namespace racecourse::schedules
