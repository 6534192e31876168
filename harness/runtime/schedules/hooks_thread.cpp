// Creating, joining, detaching and leaving threads.
#include <errno.h>
#include <pthread.h>
#include <unwind.h>

#include "early_thread.hpp"
#include "hook.hpp"
#include "next_symbol.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

namespace {

Thread* joinable(pthread_t handle) {
  Thread* const thread = engine().find_thread(handle);
  return thread != nullptr && !thread->joined && !thread->detached ? thread : nullptr;
}

int join(pthread_t handle, void** result, std::optional<std::uint64_t> deadline_ns, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  Thread& me = engine.self();
  Thread* const target = joinable(handle);
  if (target == nullptr) return engine.find_thread(handle) == nullptr ? ESRCH : EINVAL;
  if (target == &me) return EDEADLK;
  ThreadEnd& end = engine.end_of(*target);
  const Operation operation{OperationKind::thread_join, 0, false, end.address, pc};
  if (!engine.acquire(end, end.contenders, operation, deadline_ns,
                      [&](Thread&) { return target->state == ThreadState::finished; }))
    return ETIMEDOUT;
  target->joined = true;
  me.clock.join(target->clock);
  me.lineage.join(target->lineage);
  if (result != nullptr) *result = target->result;
  return 0;
}

// For pthread_exit: runs the destructors of all frames of the thread, then ends it. The frame at the bottom
// belongs to the runtime.
_Unwind_Reason_Code at_frame(int, _Unwind_Action, _Unwind_Exception_Class, _Unwind_Exception*,
                             _Unwind_Context* context, void*) {
  if (!is_entry_of_thread(_Unwind_GetRegionStart(context))) return _URC_NO_REASON;
  in_world = false;
  engine().exit_thread();
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int pthread_create(pthread_t* handle, const pthread_attr_t* attributes, void* (*start)(void*),
                                   void* argument) {
  if (loading_world) {
    if (early_thread_pc == 0) early_thread_pc = RACECOURSE_CALLER;
    *handle = early_thread_handle();
    return 0;
  }
  if (!in_world) return next<"pthread_create", int>(handle, attributes, start, argument);
  const Hook hook;
  const std::uintptr_t pc = RACECOURSE_CALLER;
  engine().private_step({OperationKind::thread_create, 0, true, 0, pc});
  if (engine().choose(AlternativeKind::creation_failure, 2) != 0) return EAGAIN;
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes != nullptr) ::pthread_attr_getdetachstate(attributes, &state);
  engine().create_thread(start, argument, state == PTHREAD_CREATE_DETACHED, pc, handle);
  return 0;
}

RACECOURSE_HOOK int pthread_join(pthread_t handle, void** result) {
  if (handle == early_thread_handle()) return 0;
  if (!in_world) return next<"pthread_join", int>(handle, result);
  const Hook hook;
  return join(handle, result, std::nullopt, RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_tryjoin_np(pthread_t handle, void** result) {
  if (!in_world) return next<"pthread_tryjoin_np", int>(handle, result);
  const Hook hook;
  Thread* const target = joinable(handle);
  if (target == nullptr) return EINVAL;
  engine().point({OperationKind::thread_join, 0, false, handle, RACECOURSE_CALLER});
  return target->state == ThreadState::finished ? join(handle, result, std::nullopt, RACECOURSE_CALLER)
                                                : EBUSY;
}

RACECOURSE_HOOK int pthread_timedjoin_np(pthread_t handle, void** result, const timespec* time) {
  if (!in_world) return next<"pthread_timedjoin_np", int>(handle, result, time);
  const Hook hook;
  return join(handle, result, deadline_of(CLOCK_REALTIME, *time), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_clockjoin_np(pthread_t handle, void** result, clockid_t clock,
                                         const timespec* time) {
  if (!in_world) return next<"pthread_clockjoin_np", int>(handle, result, clock, time);
  const Hook hook;
  return join(handle, result, deadline_of(clock, *time), RACECOURSE_CALLER);
}

RACECOURSE_HOOK int pthread_detach(pthread_t handle) {
  if (handle == early_thread_handle()) return 0;
  if (!in_world) return next<"pthread_detach", int>(handle);
  const Hook hook;
  Thread* const target = joinable(handle);
  if (target == nullptr) return engine().find_thread(handle) == nullptr ? ESRCH : EINVAL;
  engine().private_step({OperationKind::thread_detach, 0, true, 0, RACECOURSE_CALLER});
  target->detached = true;
  return 0;
}

RACECOURSE_HOOK void pthread_exit(void* result) {
  if (!in_world) {
    next<"pthread_exit", void>(result);
    __builtin_unreachable();
  }
  if (engine().self().id == 0) {
    // What follows in the scenario would never be checked.
    in_world = false;
    engine().fail(FindingKind::exit_called,
                  "The submission ends the scenario's own thread: it calls pthread_exit().",
                  {engine().place_here("calls it", RACECOURSE_CALLER)});
  }
  engine().self().result = result;
  static _Unwind_Exception
      unwinding;  // Its contents are void for a forced unwind with no clean-up of its own.
  unwinding = {};
  _Unwind_ForcedUnwind(&unwinding, at_frame, nullptr);
  // No frame was left to unwind.
  in_world = false;
  engine().exit_thread();
}
