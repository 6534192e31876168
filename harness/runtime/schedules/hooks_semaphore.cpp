// POSIX semaphores and barriers.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "hook.hpp"
#include "next_symbol.hpp"
#include "race_detection.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

namespace {

// glibc keeps the count of a semaphore in the low half of its first word, where sem_init puts it.
Semaphore& semaphore_at(sem_t* pointer) {
  Engine& engine = schedules::engine();
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (Semaphore* const known = engine.objects.find<Semaphore>(address)) return *known;
  Semaphore& made = engine.objects.find_or_make<Semaphore>(address);
  made.count = *reinterpret_cast<const unsigned*>(pointer);
  return made;
}

int fail_with(int code) {
  errno = code;
  return -1;
}

void take(Engine& engine, Semaphore& semaphore) {
  --semaphore.count;
  engine.self().clock.join(semaphore.clock);
  engine.acquired(semaphore, semaphore.contenders);
  engine.refresh(semaphore.contenders, [&](Thread&) { return semaphore.count > 0; });
}

int wait(sem_t* pointer, std::optional<std::uint64_t> deadline_ns, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Semaphore& semaphore = semaphore_at(pointer);
  if (!engine.acquire(semaphore, semaphore.contenders,
                      {OperationKind::semaphore_wait, 0, false, semaphore.address, pc}, deadline_ns,
                      [&](Thread&) { return semaphore.count > 0; }))
    return fail_with(ETIMEDOUT);
  take(engine, semaphore);
  return 0;
}

void announce(Semaphore& semaphore, OperationKind kind, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  const Operation operation{kind, 0, false, semaphore.address, pc};
  engine.is_choice(engine.shadow.word(semaphore.address)) ? engine.point(operation)
                                                          : engine.private_step(operation);
}

// A barrier has no static initialiser; its count was given to pthread_barrier_init.
int arrive(Barrier& barrier, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  const Operation operation{OperationKind::barrier_wait, 0, false, barrier.address, pc};
  engine.is_choice(engine.shadow.word(barrier.address)) ? engine.point(operation)
                                                        : engine.private_step(operation);
  Thread& me = engine.self();
  barrier.clock.join(me.clock);
  if (++barrier.arrived < barrier.needed) {
    me.then_locks = nullptr;
    engine.wait(barrier, barrier.waiters, std::nullopt, nullptr);
    return 0;
  }
  // The last to arrive knows what all did, and all leave with that; what they do then belongs to the next
  // round.
  me.clock.join(barrier.clock);
  while (Thread* const waiter = barrier.waiters.first()) {
    waiter->clock.join(barrier.clock);
    waiter->advance();
    engine.wake(*waiter);
  }
  me.advance();
  barrier.arrived = 0;
  barrier.clock.clear();
  return PTHREAD_BARRIER_SERIAL_THREAD;
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int sem_init(sem_t* semaphore, int shared, unsigned value) {
  if (in_world) {
    const Hook hook;
    if (Semaphore* const known =
            engine().objects.find<Semaphore>(reinterpret_cast<std::uintptr_t>(semaphore)))
      engine().objects.forget(*known);
  }
  return next<"sem_init", int>(semaphore, shared, value);
}

RACECOURSE_HOOK int sem_destroy(sem_t* semaphore) {
  if (!in_world) return next<"sem_destroy", int>(semaphore);
  const Hook hook;
  if (Semaphore* const known = engine().objects.find<Semaphore>(reinterpret_cast<std::uintptr_t>(semaphore)))
    engine().objects.forget(*known);
  return 0;
}

RACECOURSE_HOOK int sem_wait(sem_t* semaphore) {
  if (!in_world) return next<"sem_wait", int>(semaphore);
  const Hook hook;
  return wait(semaphore, std::nullopt, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int sem_timedwait(sem_t* semaphore, const timespec* time) {
  if (!in_world) return next<"sem_timedwait", int>(semaphore, time);
  const Hook hook;
  return is_valid(*time) ? wait(semaphore, deadline_of(CLOCK_REALTIME, *time), RACECOURSE_CALLER)
                         : fail_with(EINVAL);
}

RACECOURSE_HOOK int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* time) {
  if (!in_world) return next<"sem_clockwait", int>(semaphore, clock, time);
  const Hook hook;
  return is_valid(*time) ? wait(semaphore, deadline_of(clock, *time), RACECOURSE_CALLER) : fail_with(EINVAL);
}

RACECOURSE_HOOK int sem_trywait(sem_t* pointer) {
  if (!in_world) return next<"sem_trywait", int>(pointer);
  const Hook hook;
  Semaphore& semaphore = semaphore_at(pointer);
  announce(semaphore, OperationKind::semaphore_wait, RACECOURSE_CALLER);
  if (semaphore.count == 0) {
    engine().saw(RACECOURSE_CALLER, semaphore.address, 0);
    return fail_with(EAGAIN);
  }
  take(engine(), semaphore);
  return 0;
}

RACECOURSE_HOOK int sem_post(sem_t* pointer) {
  if (!in_world) return next<"sem_post", int>(pointer);
  const Hook hook;
  Semaphore& semaphore = semaphore_at(pointer);
  announce(semaphore, OperationKind::semaphore_post, RACECOURSE_CALLER);
  semaphore.clock.join(engine().self().clock);
  engine().self().advance();
  ++semaphore.count;
  engine().changed(semaphore.address);
  engine().refresh(semaphore.contenders, [](Thread&) { return true; });
  return 0;
}

RACECOURSE_HOOK int sem_getvalue(sem_t* pointer, int* value) {
  if (!in_world) return next<"sem_getvalue", int>(pointer, value);
  const Hook hook;
  Semaphore& semaphore = semaphore_at(pointer);
  announce(semaphore, OperationKind::semaphore_wait, RACECOURSE_CALLER);
  *value = static_cast<int>(semaphore.count);
  return 0;
}

RACECOURSE_HOOK int pthread_barrier_init(pthread_barrier_t* pointer, const pthread_barrierattr_t* attributes,
                                         unsigned count) {
  if (!in_world) return next<"pthread_barrier_init", int>(pointer, attributes, count);
  const Hook hook;
  if (count == 0) return EINVAL;
  const auto address = reinterpret_cast<std::uintptr_t>(pointer);
  if (Barrier* const known = engine().objects.find<Barrier>(address)) engine().objects.forget(*known);
  engine().objects.find_or_make<Barrier>(address).needed = count;
  return 0;
}

RACECOURSE_HOOK int pthread_barrier_destroy(pthread_barrier_t* pointer) {
  if (!in_world) return next<"pthread_barrier_destroy", int>(pointer);
  const Hook hook;
  if (Barrier* const known = engine().objects.find<Barrier>(reinterpret_cast<std::uintptr_t>(pointer)))
    engine().objects.forget(*known);
  return 0;
}

RACECOURSE_HOOK int pthread_barrier_wait(pthread_barrier_t* pointer) {
  if (!in_world) return next<"pthread_barrier_wait", int>(pointer);
  const Hook hook;
  Barrier* const barrier = engine().objects.find<Barrier>(reinterpret_cast<std::uintptr_t>(pointer));
  if (barrier == nullptr)
    engine().fail(FindingKind::mutex_misuse,
                  "A thread waits at a barrier that was not initialised in this execution.",
                  {engine().place_here("waits", RACECOURSE_CALLER)});
  return arrive(*barrier, RACECOURSE_CALLER);
}
