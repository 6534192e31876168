// Mutexes of every type, and spin locks.
//
// The type stands in the C library's object (a static initialiser or pthread_mutex_init wrote it there);
// everything else is ours. A robust mutex behaves like an ordinary one: threads here cannot die while they
// hold it.
#include "hooks_mutex.hpp"

#include <errno.h>
#include <pthread.h>

#include <algorithm>

#include "hook.hpp"
#include "next_symbol.hpp"
#include "race_detection.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

namespace {

enum MutexType { kNormal = 0, kRecursive = 1, kErrorCheck = 2 };  // As PTHREAD_MUTEX_*_NP.

MutexType type_of(std::uintptr_t address) {
  // 3 is glibc's adaptive mutex: a normal one.
  const int kind = reinterpret_cast<const pthread_mutex_t*>(address)->__data.__kind & 3;
  return kind == kRecursive ? kRecursive : kind == kErrorCheck ? kErrorCheck : kNormal;
}

Operation operation_on(OperationKind kind, const SyncObject& object, std::uintptr_t pc) {
  return {kind, 0, false, object.address, pc};
}

void warn_of_lock_order(Engine& engine, Thread& me, Mutex& mutex, std::uintptr_t pc) {
  const auto cycle = engine.lock_order.takes(me, &mutex, pc);
  if (!cycle) return;
  std::vector<Place> places;
  for (const LockOrder::Edge& edge : *cycle) {
    places.push_back(engine.place_of("holds one mutex", edge.thread, edge.held_pc, edge.held_context));
    places.push_back(engine.place_of("and takes the next", edge.thread, edge.taken_pc, edge.taken_context));
  }
  engine.report(
      FindingKind::potential_deadlock,
      "Potential deadlock: threads take the same mutexes in different orders. With another timing each holds "
      "what the other waits for.",
      std::move(places));
}

}  // namespace

void take_mutex(Engine& engine, Mutex& mutex, std::uintptr_t pc) {
  Thread& me = engine.self();
  mutex.owner = me.id;
  mutex.depth = 1;
  // Taking a mutex again and again that nobody else had in between is how one polls what it protects.
  if (mutex.last_owner != me.id) ++mutex.passes;
  mutex.last_owner = me.id;
  engine.saw(pc, mutex.address, mutex.passes);
  me.clock.join(mutex.clock);
  me.held.push_back({&mutex, pc, me.context});
  engine.acquired(mutex, mutex.contenders);
  engine.refresh(mutex.contenders, [](Thread&) { return false; });
}

void release_mutex(Engine& engine, Mutex& mutex) {
  Thread& me = engine.self();
  mutex.owner = kNoThread;
  mutex.depth = 0;
  mutex.clock = me.clock;
  me.advance();
  const auto held = std::find_if(me.held.rbegin(), me.held.rend(),
                                 [&](const Thread::HeldLock& lock) { return lock.object == &mutex; });
  if (held != me.held.rend()) me.held.erase(std::next(held).base());
  engine.changed(mutex.address);
  engine.refresh(mutex.contenders, [](Thread&) { return true; });
}

int lock_mutex(std::uintptr_t address, std::optional<std::uint64_t> deadline_ns, bool recursive,
               std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Thread& me = engine.self();
  Mutex& mutex = engine.objects.find_or_make<Mutex>(address);
  if (mutex.owner == me.id && recursive) {
    engine.private_step(operation_on(OperationKind::mutex_lock, mutex, pc));
    ++mutex.depth;
    return 0;
  }
  if (!deadline_ns && !me.held.empty()) warn_of_lock_order(engine, me, mutex, pc);
  if (!engine.acquire(mutex, mutex.contenders, operation_on(OperationKind::mutex_lock, mutex, pc),
                      deadline_ns, [&](Thread&) { return mutex.owner == kNoThread; }))
    return ETIMEDOUT;
  take_mutex(engine, mutex, pc);
  return 0;
}

int try_lock_mutex(std::uintptr_t address, bool recursive, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Mutex& mutex = engine.objects.find_or_make<Mutex>(address);
  Word& word = engine.shadow.word(address);
  const Operation operation = operation_on(OperationKind::mutex_try_lock, mutex, pc);
  // From now on it matters when the mutex is released.
  engine.learn_tried(word);
  engine.is_choice(word) ? engine.point(operation) : engine.private_step(operation);
  if (mutex.owner == engine.self().id && recursive) {
    ++mutex.depth;
    return 0;
  }
  if (mutex.owner != kNoThread) {
    engine.saw(pc, address, std::uint64_t{mutex.owner} + 1);
    return EBUSY;
  }
  take_mutex(engine, mutex, pc);
  return 0;
}

void announce_release(Engine& engine, SyncObject& object, OperationKind kind, std::uintptr_t pc) {
  // Releasing only lets others go on, who can as well go on later; when is only noticed by who tries without
  // waiting.
  Word& word = engine.shadow.word(object.address);
  const Operation operation = operation_on(kind, object, pc);
  engine.is_choice_for_release(word) ? engine.point(operation) : engine.private_step(operation);
}

int unlock_mutex(std::uintptr_t address, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Mutex& mutex = engine.objects.find_or_make<Mutex>(address);
  const ThreadId me = engine.self().id;
  if (mutex.owner != me) {
    std::vector<Place> places{engine.place_here("unlocks it", pc)};
    if (mutex.owner != kNoThread)
      for (const Thread::HeldLock& held : engine.thread(mutex.owner).held)
        if (held.object == &mutex)
          places.push_back(engine.place_of("holds it", mutex.owner, held.pc, held.context));
    engine.fail(FindingKind::mutex_misuse,
                mutex.owner == kNoThread ? "A thread unlocks a mutex that is not locked."
                                         : "A thread unlocks a mutex that another thread holds.",
                std::move(places));
  }
  if (mutex.depth > 1) {
    engine.private_step(operation_on(OperationKind::mutex_unlock, mutex, pc));
    --mutex.depth;
    return 0;
  }
  announce_release(engine, mutex, OperationKind::mutex_unlock, pc);
  release_mutex(engine, mutex);
  return 0;
}

namespace {

int lock_pthread_mutex(pthread_mutex_t* pointer, std::optional<std::uint64_t> deadline_ns,
                       std::uintptr_t pc) {
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  const MutexType type = type_of(address);
  if (type == kErrorCheck) {
    const Mutex* const mutex = engine().objects.find<Mutex>(address);
    if (mutex != nullptr && mutex->owner == engine().self().id) return EDEADLK;
  }
  return lock_mutex(address, deadline_ns, type == kRecursive, pc);
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  if (in_world) {
    const Hook hook;
    if (Mutex* const known = engine().objects.find<Mutex>(reinterpret_cast<std::uintptr_t>(mutex)))
      destroy_object(engine(), *known, RACECOURSE_CALLER);
  }
  return next<"pthread_mutex_init", int>(mutex, attributes);
}

RACECOURSE_HOOK int pthread_mutex_destroy(pthread_mutex_t* mutex) {
  if (!in_world) return next<"pthread_mutex_destroy", int>(mutex);
  const Hook hook;
  if (Mutex* const known = engine().objects.find<Mutex>(reinterpret_cast<std::uintptr_t>(mutex)))
    destroy_object(engine(), *known, RACECOURSE_CALLER);
  return 0;
}

RACECOURSE_HOOK int pthread_mutex_lock(pthread_mutex_t* mutex) {
  if (!in_world) return next<"pthread_mutex_lock", int>(mutex);
  const Hook hook;
  return lock_pthread_mutex(mutex, std::nullopt, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  if (!in_world) return next<"pthread_mutex_trylock", int>(mutex);
  const Hook hook;
  const auto address = reinterpret_cast<std::uintptr_t>(mutex);
  return try_lock_mutex(address, type_of(address) == kRecursive, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* time) {
  if (!in_world) return next<"pthread_mutex_timedlock", int>(mutex, time);
  const Hook hook;
  if (!is_valid(*time)) return EINVAL;
  return lock_pthread_mutex(mutex, deadline_of(CLOCK_REALTIME, *time), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* time) {
  if (!in_world) return next<"pthread_mutex_clocklock", int>(mutex, clock, time);
  const Hook hook;
  if (!is_valid(*time)) return EINVAL;
  return lock_pthread_mutex(mutex, deadline_of(clock, *time), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (!in_world) return next<"pthread_mutex_unlock", int>(mutex);
  const Hook hook;
  return unlock_mutex(reinterpret_cast<std::uintptr_t>(mutex), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_mutex_consistent(pthread_mutex_t*) { return 0; }

RACECOURSE_HOOK int pthread_spin_init(pthread_spinlock_t* lock, int shared) {
  return next<"pthread_spin_init", int>(lock, shared);
}

RACECOURSE_HOOK int pthread_spin_destroy(pthread_spinlock_t* lock) {
  if (!in_world) return next<"pthread_spin_destroy", int>(lock);
  const Hook hook;
  if (Mutex* const known = engine().objects.find<Mutex>(reinterpret_cast<std::uintptr_t>(lock)))
    destroy_object(engine(), *known, RACECOURSE_CALLER);
  return 0;
}

RACECOURSE_HOOK int pthread_spin_lock(pthread_spinlock_t* lock) {
  if (!in_world) return next<"pthread_spin_lock", int>(lock);
  const Hook hook;
  return lock_mutex(reinterpret_cast<std::uintptr_t>(lock), std::nullopt, false, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_spin_trylock(pthread_spinlock_t* lock) {
  if (!in_world) return next<"pthread_spin_trylock", int>(lock);
  const Hook hook;
  return try_lock_mutex(reinterpret_cast<std::uintptr_t>(lock), false, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_spin_unlock(pthread_spinlock_t* lock) {
  if (!in_world) return next<"pthread_spin_unlock", int>(lock);
  const Hook hook;
  return unlock_mutex(reinterpret_cast<std::uintptr_t>(lock), RACECOURSE_CALLER);
}
