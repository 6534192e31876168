#include "weak_memory.hpp"

#include <algorithm>

namespace racecourse::schedules {

namespace {

void add(AtomicCell& cell, AnyValue value, ThreadId thread, std::uint32_t clock,
         std::uint64_t sequential_step) {
  if (cell.history.size() < kHistory) cell.history.resize(kHistory);
  if (cell.history_size == kHistory) {
    std::rotate(cell.history.begin(), cell.history.begin() + 1, cell.history.end());
    --cell.history_size;
  }
  Store& store = cell.history[cell.history_size++];
  store.value = value;
  store.thread = thread;
  store.clock = clock;
  store.sequential_step = sequential_step;
  store.release = cell.release;
  store.seen.clear();
  if (clock != 0) store.seen.set(thread, clock);
}

// Whether any thread saw the store before what `clock` knows.
bool seen_before(Engine& engine, const Store& store, const VectorClock& clock) {
  for (std::uint32_t i = 0; i < engine.threads(); ++i) {
    const auto thread = static_cast<ThreadId>(i);
    const std::uint32_t when = store.seen.at(thread);
    if (when != 0 && when <= clock.at(thread)) return true;
  }
  return false;
}

// The oldest store the thread may read.
std::uint32_t oldest_visible(Engine& engine, const AtomicCell& cell, MemoryOrder order) {
  const Thread& me = engine.self();
  for (std::uint32_t i = cell.history_size; i-- > 1;) {
    const Store& store = cell.history[i];
    if (seen_before(engine, store, me.clock)) return i;
    // Stored or read before a sequentially consistent fence that precedes one of this thread's.
    if (seen_before(engine, store, me.seen_by_fences)) return i;
    if (store.sequential_step != 0 && store.sequential_step <= me.fence_step) return i;
    // A sequentially consistent load reads no store older than the last one that was stored or read so, nor
    // one that a fence has put before it.
    if (order == kSequential &&
        (store.sequential_step != 0 || seen_before(engine, store, engine.fences_seen)))
      return i;
  }
  return 0;
}

}  // namespace

void weak_prepare(Engine&, AtomicCell& cell, AnyValue before) {
  // The object's initial value: stored before everything, by nobody. It is known to all, as the object was
  // made known.
  if (cell.history_size == 0) add(cell, before, 0, 0, 0);
}

AnyValue weak_load(Engine& engine, AtomicCell& cell, AnyValue newest, MemoryOrder order) {
  weak_prepare(engine, cell, newest);
  const std::uint32_t oldest = oldest_visible(engine, cell, order);
  const std::uint32_t back = engine.choose(AlternativeKind::which_store, cell.history_size - oldest);
  Store& store = cell.history[cell.history_size - 1 - back];
  Thread& me = engine.self();
  if (store.seen.at(me.id) == 0) store.seen.set(me.id, me.epoch());
  if (order == kSequential && store.sequential_step == 0) store.sequential_step = engine.step();
  learn(me, store.release, order);
  return store.value;
}

void weak_store(Engine& engine, AtomicCell& cell, AnyValue value, MemoryOrder order) {
  Thread& me = engine.self();
  // publish() has already begun the time after the store, if it released.
  const std::uint32_t clock = releases(order) ? me.epoch() - 1 : me.epoch();
  add(cell, value, me.id, clock, order == kSequential ? engine.step() : 0);
}

void weak_fence(Engine& engine) {
  Thread& me = engine.self();
  // The fence has already begun the time after it; what it orders is the time before.
  VectorClock before = me.clock;
  before.set(me.id, me.epoch() - 1);
  engine.fences_seen.join(before);
  me.seen_by_fences.join(engine.fences_seen);
  me.fence_step = engine.step();
}

}  // namespace racecourse::schedules
