// Reader-writer locks. No preference: any waiting reader or writer may be the next, as the standard allows.
#include <errno.h>
#include <pthread.h>

#include <algorithm>

#include "hook.hpp"
#include "hooks_mutex.hpp"
#include "next_symbol.hpp"
#include "race_detection.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

namespace {

bool available(const RwLock& lock, const Thread& thread) {
  return lock.writer == kNoThread && (thread.wants_shared || lock.readers.empty());
}

void take(Engine& engine, RwLock& lock, std::uintptr_t pc) {
  Thread& me = engine.self();
  me.clock.join(lock.by_writers);
  if (me.wants_shared) {
    lock.readers.push_back(me.id);
  } else {
    me.clock.join(lock.by_readers);
    lock.writer = me.id;
  }
  me.held.push_back({&lock, pc, me.context});
  engine.acquired(lock, lock.contenders);
  engine.refresh(lock.contenders, [&](Thread& other) { return available(lock, other); });
}

int acquire(pthread_rwlock_t* pointer, bool shared, std::optional<std::uint64_t> deadline_ns,
            std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  RwLock& lock = engine.objects.find_or_make<RwLock>(reinterpret_cast<std::uintptr_t>(pointer));
  Thread& me = engine.self();
  // glibc tells a thread that already writes.
  if (lock.writer == me.id) return EDEADLK;
  me.wants_shared = shared;
  const OperationKind kind = shared ? OperationKind::shared_lock : OperationKind::exclusive_lock;
  if (!engine.acquire(lock, lock.contenders, {kind, 0, false, lock.address, pc}, deadline_ns,
                      [&](Thread& other) { return available(lock, other); }))
    return ETIMEDOUT;
  take(engine, lock, pc);
  return 0;
}

int try_acquire(pthread_rwlock_t* pointer, bool shared, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  RwLock& lock = engine.objects.find_or_make<RwLock>(reinterpret_cast<std::uintptr_t>(pointer));
  Word& word = engine.shadow.word(lock.address);
  const Operation operation{OperationKind::mutex_try_lock, 0, false, lock.address, pc};
  engine.learn_tried(word);
  engine.is_choice(word) ? engine.point(operation) : engine.private_step(operation);
  engine.self().wants_shared = shared;
  if (!available(lock, engine.self())) {
    engine.saw(pc, lock.address, std::uint64_t{lock.writer} + 1);
    return EBUSY;
  }
  take(engine, lock, pc);
  return 0;
}

int release(pthread_rwlock_t* pointer, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  RwLock& lock = engine.objects.find_or_make<RwLock>(reinterpret_cast<std::uintptr_t>(pointer));
  Thread& me = engine.self();
  const auto reader = std::find(lock.readers.begin(), lock.readers.end(), me.id);
  if (lock.writer != me.id && reader == lock.readers.end())
    engine.fail(FindingKind::mutex_misuse, "A thread unlocks a reader-writer lock that it does not hold.",
                {engine.place_here("unlocks it", pc)});
  announce_release(engine, lock, OperationKind::rwlock_unlock, pc);
  if (lock.writer == me.id) {
    lock.writer = kNoThread;
    lock.by_writers = me.clock;
    lock.by_readers.clear();
  } else {
    // Other readers may have come and gone at the announcement, so the place is looked up again.
    lock.readers.erase(std::find(lock.readers.begin(), lock.readers.end(), me.id));
    lock.by_readers.join(me.clock);
  }
  me.advance();
  const auto held = std::find_if(me.held.rbegin(), me.held.rend(),
                                 [&](const Thread::HeldLock& other) { return other.object == &lock; });
  if (held != me.held.rend()) me.held.erase(std::next(held).base());
  engine.changed(lock.address);
  engine.refresh(lock.contenders, [&](Thread& other) { return available(lock, other); });
  return 0;
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) {
  if (in_world) {
    const Hook hook;
    if (RwLock* const known = engine().objects.find<RwLock>(reinterpret_cast<std::uintptr_t>(lock)))
      destroy_object(engine(), *known, RACECOURSE_CALLER);
  }
  return next<"pthread_rwlock_init", int>(lock, attributes);
}

RACECOURSE_HOOK int pthread_rwlock_destroy(pthread_rwlock_t* lock) {
  if (!in_world) return next<"pthread_rwlock_destroy", int>(lock);
  const Hook hook;
  if (RwLock* const known = engine().objects.find<RwLock>(reinterpret_cast<std::uintptr_t>(lock)))
    destroy_object(engine(), *known, RACECOURSE_CALLER);
  return 0;
}

RACECOURSE_HOOK int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  if (!in_world) return next<"pthread_rwlock_rdlock", int>(lock);
  const Hook hook;
  return acquire(lock, true, std::nullopt, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  if (!in_world) return next<"pthread_rwlock_wrlock", int>(lock);
  const Hook hook;
  return acquire(lock, false, std::nullopt, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  if (!in_world) return next<"pthread_rwlock_tryrdlock", int>(lock);
  const Hook hook;
  return try_acquire(lock, true, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
  if (!in_world) return next<"pthread_rwlock_trywrlock", int>(lock);
  const Hook hook;
  return try_acquire(lock, false, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* time) {
  if (!in_world) return next<"pthread_rwlock_timedrdlock", int>(lock, time);
  const Hook hook;
  return is_valid(*time) ? acquire(lock, true, deadline_of(CLOCK_REALTIME, *time), RACECOURSE_CALLER)
                         : EINVAL;
}

RACECOURSE_HOOK int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* time) {
  if (!in_world) return next<"pthread_rwlock_timedwrlock", int>(lock, time);
  const Hook hook;
  return is_valid(*time) ? acquire(lock, false, deadline_of(CLOCK_REALTIME, *time), RACECOURSE_CALLER)
                         : EINVAL;
}

RACECOURSE_HOOK int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                               const timespec* time) {
  if (!in_world) return next<"pthread_rwlock_clockrdlock", int>(lock, clock, time);
  const Hook hook;
  return is_valid(*time) ? acquire(lock, true, deadline_of(clock, *time), RACECOURSE_CALLER) : EINVAL;
}

RACECOURSE_HOOK int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                               const timespec* time) {
  if (!in_world) return next<"pthread_rwlock_clockwrlock", int>(lock, clock, time);
  const Hook hook;
  return is_valid(*time) ? acquire(lock, false, deadline_of(clock, *time), RACECOURSE_CALLER) : EINVAL;
}

RACECOURSE_HOOK int pthread_rwlock_unlock(pthread_rwlock_t* lock) {
  if (!in_world) return next<"pthread_rwlock_unlock", int>(lock);
  const Hook hook;
  return release(lock, RACECOURSE_CALLER);
}
