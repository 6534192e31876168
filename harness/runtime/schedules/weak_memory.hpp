// Memory model c++20: which stores a load may read.
//
// Each atomic object keeps its last kHistory stores in modification order, which is the order of execution. A
// load may read any of them that coherence and sequential consistency leave: none older than one that happens
// before it, that its thread or one that happens before it has seen, or that its fences and sequentially
// consistent operations make visible. So stale values appear (store buffering, message passing without
// release, IRIW); what needs a store to be ordered before an older one, or a load to see the future (load
// buffering), does not. Read-modify-writes read the newest store. The idea is that of tsan11 (Lidbury and
// Donaldson, POPL 2017).
#pragma once

#include "atomic_orders.hpp"
#include "engine.hpp"

namespace racecourse::schedules {

// Chosen as loom's and tsan11's bounds are: tests that need more old values are not known.
inline constexpr std::uint32_t kHistory = 8;

__extension__ using AnyValue = unsigned __int128;

// The value a load gives; learns what that store publishes. `newest` is what memory holds.
AnyValue weak_load(Engine& engine, AtomicCell& cell, AnyValue newest, MemoryOrder order);
// Before a store or a read-modify-write: the object's value so far is in its history.
void weak_prepare(Engine& engine, AtomicCell& cell, AnyValue before);
// After the store: it is the newest, and publishes what the cell now says.
void weak_store(Engine& engine, AtomicCell& cell, AnyValue value, MemoryOrder order);
// After fence() of a sequentially consistent fence.
void weak_fence(Engine& engine);

}  // namespace racecourse::schedules
