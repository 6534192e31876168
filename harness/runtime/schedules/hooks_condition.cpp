// Condition variables.
#include <errno.h>
#include <pthread.h>

#include "hook.hpp"
#include "hooks_mutex.hpp"
#include "next_symbol.hpp"
#include "race_detection.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

namespace {

void announce(Engine& engine, Condition& condition, OperationKind kind, std::uintptr_t pc) {
  Word& word = engine.shadow.word(condition.address);
  const Operation operation{kind, 0, false, condition.address, pc};
  engine.is_choice(word) ? engine.point(operation) : engine.private_step(operation);
}

int wait(pthread_cond_t* condition_pointer, pthread_mutex_t* mutex_pointer,
         std::optional<std::uint64_t> deadline_ns, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Thread& me = engine.self();
  Condition& condition =
      engine.objects.find_or_make<Condition>(reinterpret_cast<std::uintptr_t>(condition_pointer));
  Mutex& mutex = engine.objects.find_or_make<Mutex>(reinterpret_cast<std::uintptr_t>(mutex_pointer));
  if (mutex.owner != me.id)
    engine.fail(FindingKind::mutex_misuse,
                "A thread waits on a condition variable without holding its mutex.",
                {engine.place_here("waits", pc)});
  announce(engine, condition, OperationKind::condition_wait, pc);
  const bool spurious = engine.choose(AlternativeKind::spurious_wakeup, 2) != 0;
  const std::uint32_t depth = mutex.depth;
  release_mutex(engine, mutex);
  engine.also({OperationKind::mutex_unlock, 0, false, mutex.address, pc});
  bool in_time = true;
  if (spurious) {
    lock_mutex(mutex.address, std::nullopt, false, pc);
  } else if (deadline_ns && *deadline_ns <= engine.now_ns()) {
    in_time = false;
    lock_mutex(mutex.address, std::nullopt, false, pc);
  } else {
    in_time = engine.wait(condition, condition.waiters, deadline_ns, &mutex);
    take_mutex(engine, mutex, pc);
  }
  mutex.depth = depth;
  return in_time ? 0 : ETIMEDOUT;
}

int notify(pthread_cond_t* pointer, bool all, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Condition& condition = engine.objects.find_or_make<Condition>(reinterpret_cast<std::uintptr_t>(pointer));
  announce(engine, condition, OperationKind::condition_notify, pc);
  if (condition.waiters.empty()) {
    condition.unheard = {true, engine.self().id, engine.step(), pc, engine.self().context};
    return 0;
  }
  if (all) {
    while (!condition.waiters.empty()) engine.wake(*condition.waiters.first());
    return 0;
  }
  Thread* woken = condition.waiters.first();
  for (std::uint32_t skip = engine.choose(AlternativeKind::which_waiter, condition.waiters.size()); skip > 0;
       --skip)
    woken = woken->queue_next;
  engine.wake(*woken);
  return 0;
}

// The clock that pthread_condattr_setclock put into the object; glibc keeps it in bit 1 of __wrefs.
clockid_t clock_of(const pthread_cond_t* condition) {
  return (condition->__data.__wrefs & 2) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  if (in_world) {
    const Hook hook;
    if (Condition* const known =
            engine().objects.find<Condition>(reinterpret_cast<std::uintptr_t>(condition)))
      destroy_object(engine(), *known, RACECOURSE_CALLER);
  }
  return next<"pthread_cond_init", int>(condition, attributes);
}

RACECOURSE_HOOK int pthread_cond_destroy(pthread_cond_t* condition) {
  if (!in_world) return next<"pthread_cond_destroy", int>(condition);
  const Hook hook;
  if (Condition* const known = engine().objects.find<Condition>(reinterpret_cast<std::uintptr_t>(condition)))
    destroy_object(engine(), *known, RACECOURSE_CALLER);
  return 0;
}

RACECOURSE_HOOK int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  if (!in_world) return next<"pthread_cond_wait", int>(condition, mutex);
  const Hook hook;
  return wait(condition, mutex, std::nullopt, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                           const timespec* time) {
  if (!in_world) return next<"pthread_cond_timedwait", int>(condition, mutex, time);
  const Hook hook;
  if (!is_valid(*time)) return EINVAL;
  return wait(condition, mutex, deadline_of(clock_of(condition), *time), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                                           const timespec* time) {
  if (!in_world) return next<"pthread_cond_clockwait", int>(condition, mutex, clock, time);
  const Hook hook;
  if (!is_valid(*time)) return EINVAL;
  return wait(condition, mutex, deadline_of(clock, *time), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_cond_signal(pthread_cond_t* condition) {
  if (!in_world) return next<"pthread_cond_signal", int>(condition);
  const Hook hook;
  return notify(condition, false, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_cond_broadcast(pthread_cond_t* condition) {
  if (!in_world) return next<"pthread_cond_broadcast", int>(condition);
  const Hook hook;
  return notify(condition, true, RACECOURSE_CALLER);
}
