// The emulated mutex, for the hooks that need one: mutexes, spin locks, condition variables, C11 mutexes.
//
// For the running thread, outside the world. Results are errno values.
#pragma once

#include <cstdint>
#include <optional>

#include "engine.hpp"

namespace racecourse::schedules {

int lock_mutex(std::uintptr_t address, std::optional<std::uint64_t> deadline_ns, bool recursive,
               std::uintptr_t pc);
int try_lock_mutex(std::uintptr_t address, bool recursive, std::uintptr_t pc);
int unlock_mutex(std::uintptr_t address, std::uintptr_t pc);

// Pre: the mutex is free. Makes the running thread its owner.
void take_mutex(Engine& engine, Mutex& mutex, std::uintptr_t pc);
// Pre: the running thread owns it.
void release_mutex(Engine& engine, Mutex& mutex);
// Announces that a lock is released.
void announce_release(Engine& engine, SyncObject& object, OperationKind kind, std::uintptr_t pc);

}  // namespace racecourse::schedules
