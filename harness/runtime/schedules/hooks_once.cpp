// One-time initialisation: pthread_once, on which std::call_once stands, and function-local statics.
#include <cxxabi.h>
#include <pthread.h>

#include "hook.hpp"
#include "next_symbol.hpp"

namespace racecourse::schedules {

namespace {

// Waits until the initialisation is done or the running thread is the one to do it; true in the latter case.
bool begin(Once& once, std::uintptr_t pc) {
  Engine& engine = schedules::engine();
  engine.acquire(once, once.contenders, {OperationKind::once, 0, false, once.address, pc}, std::nullopt,
                 [&](Thread&) { return once.runner == kNoThread; });
  if (once.finished) {
    engine.self().clock.join(once.clock);
    return false;
  }
  engine.self().clock.join(once.clock);
  once.runner = engine.self().id;
  engine.refresh(once.contenders, [](Thread&) { return false; });
  return true;
}

void end(Once& once, bool finished) {
  Engine& engine = schedules::engine();
  Thread& me = engine.self();
  once.runner = kNoThread;
  once.finished = finished;
  once.clock = me.clock;
  me.advance();
  engine.refresh(once.contenders, [](Thread&) { return true; });
}

Once& once_at(const void* pointer) {
  return engine().objects.find_or_make<Once>(reinterpret_cast<std::uintptr_t>(pointer));
}

constexpr int kOnceDone = 2;  // As glibc writes it.

// Leaves the initialisation undone if its function leaves by an exception.
class Initialisation {
 public:
  explicit Initialisation(pthread_once_t* control) : control_(control) {}
  Initialisation(const Initialisation&) = delete;
  Initialisation& operator=(const Initialisation&) = delete;
  ~Initialisation() {
    const Hook hook;
    if (done_) *control_ = kOnceDone;
    end(once_at(control_), done_);
  }
  void succeed() { done_ = true; }

 private:
  pthread_once_t* control_;
  bool done_ = false;
};

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int pthread_once(pthread_once_t* control, void (*initialise)()) {
  if (!in_world) return next<"pthread_once", int>(control, initialise);
  {
    const Hook hook;
    Once& once = once_at(control);
    if (*control == kOnceDone && !once.finished) once.finished = true;  // Done while the program was loaded.
    if (!begin(once, RACECOURSE_CALLER)) return 0;
  }
  Initialisation initialisation(control);
  initialise();
  initialisation.succeed();
  return 0;
}

// A guard's first byte says that the object is made; the compiler reads it with an acquiring load, which is
// an atomic access of the world like any other, so the release is one on that address.
extern "C" {
RACECOURSE_HOOK int __cxa_guard_acquire(abi::__guard* guard) {
  auto* const made = reinterpret_cast<unsigned char*>(guard);
  if (!in_world) return *made == 0 ? 1 : 0;
  const Hook hook;
  Once& once = once_at(guard);
  if (once.runner == engine().self().id)
    engine().fail(FindingKind::deadlock, "A function-local static is needed for its own initialisation.",
                  {engine().place_here("needs it", RACECOURSE_CALLER)});
  return begin(once, RACECOURSE_CALLER) ? (*made == 0 ? 1 : (end(once, true), 0)) : 0;
}
RACECOURSE_HOOK void __cxa_guard_release(abi::__guard* guard) {
  *reinterpret_cast<unsigned char*>(guard) = 1;
  if (!in_world) return;
  const Hook hook;
  Once& once = once_at(guard);
  engine().objects.find_or_make<AtomicCell>(once.address).release = engine().self().clock;
  end(once, true);
}
RACECOURSE_HOOK void __cxa_guard_abort(abi::__guard* guard) {
  if (!in_world) return;
  const Hook hook;
  end(once_at(guard), false);
}
}
