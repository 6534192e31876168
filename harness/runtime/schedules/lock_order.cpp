// The search is the one of Goodlock (Havelund, SPIN 2000) with gate locks. What other synchronisation orders
// is judged by thread creation and joining only: a thread that was joined before the other one was created
// never meets it. The threads' own clocks cannot serve, since they also hold the order of the locks in this
// one schedule.
#include "lock_order.hpp"

#include <algorithm>

namespace racecourse::schedules {

namespace {

// Chosen because cycles of more than four threads are not what students write.
constexpr std::size_t kCycleMax = 4;

bool share_a_gate(const LockOrder::Edge& a, const LockOrder::Edge& b) {
  return std::any_of(a.gates.begin(), a.gates.end(), [&](SyncObject* gate) {
    return std::find(b.gates.begin(), b.gates.end(), gate) != b.gates.end();
  });
}

bool ordered(const LockOrder::Edge& a, const LockOrder::Edge& b) {
  return a.lineage.at(a.thread) <= b.lineage.at(a.thread) || b.lineage.at(b.thread) <= a.lineage.at(b.thread);
}

}  // namespace

std::optional<LockOrder::Cycle> LockOrder::takes(const Thread& thread, SyncObject* taken, std::uintptr_t pc) {
  std::optional<Cycle> closed;
  for (const Thread::HeldLock& held : thread.held) {
    if (held.object == taken)
      return std::nullopt;  // Taken again: recursion, or a deadlock that happens anyway.
    const bool known = std::any_of(edges_.begin(), edges_.end(), [&](const Edge& edge) {
      return edge.thread == thread.id && edge.held == held.object && edge.taken == taken;
    });
    if (known) continue;
    Edge edge{thread.id, held.object, taken, held.pc, held.context, pc, thread.context, thread.lineage, {}};
    for (const Thread::HeldLock& gate : thread.held) edge.gates.push_back(gate.object);
    edges_.push_back(edge);
    Cycle path{edge};
    if (!closed && extend(path, held.object)) closed = std::move(path);
  }
  return closed;
}

bool LockOrder::extend(Cycle& path, SyncObject* goal) const {
  const SyncObject* const from = path.back().taken;
  for (const Edge& edge : edges_) {
    if (edge.held != from) continue;
    const bool fits = std::none_of(path.begin(), path.end(), [&](const Edge& before) {
      return before.thread == edge.thread || share_a_gate(before, edge) || ordered(before, edge);
    });
    if (!fits) continue;
    path.push_back(edge);
    if (edge.taken == goal || (path.size() < kCycleMax && extend(path, goal))) return true;
    path.pop_back();
  }
  return false;
}

}  // namespace racecourse::schedules
