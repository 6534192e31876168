// Each blocked thread waits for an object. Some objects name who must act: a mutex its owner, a join the
// other thread. A cycle of those is the deadlock itself. Failing that, a notification that found nobody
// waiting, on an object that somebody came to wait on afterwards, may have been lost: the waiting thread is
// given one, and goes on or waits again. Anything else is a deadlock told thread by thread.
#include "stuck.hpp"

#include <algorithm>
#include <string>

#include "engine.hpp"

namespace racecourse::schedules {

std::string waits_text(const Thread& thread) {
  if (thread.waits_for == nullptr) return "waits";
  switch (thread.waits_for->kind) {
    case ObjectKind::mutex:
      return "waits for a mutex";
    case ObjectKind::rwlock:
      return "waits for a reader-writer lock";
    case ObjectKind::condition:
      return "waits on a condition variable";
    case ObjectKind::semaphore:
      return "waits for a semaphore";
    case ObjectKind::barrier:
      return "waits at a barrier";
    case ObjectKind::descriptors:
      return "waits for a file descriptor";
    case ObjectKind::once:
      return "waits for a one-time initialisation";
    case ObjectKind::futex:
      return "waits for an atomic value to change";
    case ObjectKind::atomic:
      return "waits";
    case ObjectKind::thread:
      return "waits for a thread to end";
  }
  return "waits";
}

namespace {

// The thread that alone can end this one's waiting; kNoThread if there is no such.
ThreadId awaited(const Thread& thread) {
  if (thread.state != ThreadState::blocked || thread.waits_for == nullptr) return kNoThread;
  switch (thread.waits_for->kind) {
    case ObjectKind::mutex:
      return static_cast<const Mutex*>(thread.waits_for)->owner;
    case ObjectKind::rwlock: {
      const auto& lock = *static_cast<const RwLock*>(thread.waits_for);
      return lock.writer != kNoThread ? lock.writer : lock.readers.empty() ? kNoThread : lock.readers.front();
    }
    case ObjectKind::once:
      return static_cast<const Once*>(thread.waits_for)->runner;
    case ObjectKind::thread:
      return static_cast<const ThreadEnd*>(thread.waits_for)->thread->id;
    default:
      return kNoThread;
  }
}

Place waiting_place(Engine& engine, const Thread& thread) {
  return engine.place_of(waits_text(thread), thread.id, thread.pending.pc, thread.context);
}

// Where the thread took what `object` is, if it is a lock it holds.
void add_holding_place(Engine& engine, const Thread& thread, const SyncObject* object,
                       std::vector<Place>& places) {
  for (const Thread::HeldLock& held : thread.held)
    if (held.object == object)
      places.push_back(
          engine.place_of("holds what thread " + std::to_string(places.back().thread) + " waits for",
                          thread.id, held.pc, held.context));
}

void report_cycle(Engine& engine, const std::vector<ThreadId>& cycle) {
  std::vector<Place> places;
  std::string message = "Deadlock: ";
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const Thread& waiting = engine.thread(cycle[i]);
    const Thread& next = engine.thread(cycle[(i + 1) % cycle.size()]);
    message += (i == 0 ? "" : ", ") + ("thread " + std::to_string(waiting.id)) + " " + waits_text(waiting);
    if (waiting.waits_for->kind == ObjectKind::mutex || waiting.waits_for->kind == ObjectKind::rwlock)
      message += next.id == waiting.id ? " that it holds itself"
                                       : " that thread " + std::to_string(next.id) + " holds";
    if (waiting.waits_for->kind == ObjectKind::thread)
      message += next.id == waiting.id ? " which is itself" : " (thread " + std::to_string(next.id) + ")";
    places.push_back(waiting_place(engine, waiting));
    add_holding_place(engine, next, waiting.waits_for, places);
  }
  engine.fail(FindingKind::deadlock, message + ".", std::move(places));
}

void find_cycle(Engine& engine) {
  for (std::uint32_t i = 0; i < engine.threads(); ++i) {
    std::vector<ThreadId> path;
    for (ThreadId at = static_cast<ThreadId>(i); at != kNoThread; at = awaited(engine.thread(at))) {
      const auto before = std::find(path.begin(), path.end(), at);
      if (before != path.end()) report_cycle(engine, {before, path.end()});
      path.push_back(at);
    }
  }
}

// A notification that came before the thread began to wait and found nobody waiting.
const Unheard* unheard_by(const Thread& thread) {
  if (thread.state != ThreadState::blocked || thread.waits_for == nullptr) return nullptr;
  const Unheard* unheard = nullptr;
  if (thread.waits_for->kind == ObjectKind::condition)
    unheard = &static_cast<const Condition*>(thread.waits_for)->unheard;
  if (thread.waits_for->kind == ObjectKind::futex)
    unheard = &static_cast<const Futex*>(thread.waits_for)->unheard;
  // One's own notification is not one that one failed to hear.
  return unheard != nullptr && unheard->happened && unheard->thread != thread.id &&
                 unheard->step < thread.wait_began
             ? unheard
             : nullptr;
}

// Gives the next thread that may have missed a notification one, unless all have been asked.
bool ask_next(Engine& engine, Probe& probe) {
  for (std::uint32_t i = 0; i < engine.threads(); ++i) {
    Thread& waiting = engine.thread(static_cast<ThreadId>(i));
    const Unheard* const unheard = unheard_by(waiting);
    if (unheard == nullptr ||
        std::find(probe.asked.begin(), probe.asked.end(), waiting.id) != probe.asked.end())
      continue;
    probe.asked.push_back(waiting.id);
    probe.thread = waiting.id;
    probe.object = waiting.waits_for;
    probe.step = engine.step();
    probe.lost = engine.finding(
        FindingKind::lost_wakeup,
        "Lost wake-up: thread " + std::to_string(unheard->thread) +
            " notifies while nobody waits; then thread " + std::to_string(waiting.id) +
            " begins to wait for that notification, which never comes again.",
        {engine.place_of("notifies, and nobody is waiting", unheard->thread, unheard->pc, unheard->context),
         waiting_place(engine, waiting)});
    probe.lost.step = probe.stuck.step;
    engine.wake(waiting);
    return true;
  }
  return false;
}

Finding deadlock_of(Engine& engine) {
  std::vector<Place> places;
  std::string message = "Deadlock: no thread can go on";
  for (std::uint32_t i = 0; i < engine.threads(); ++i) {
    const Thread& thread = engine.thread(static_cast<ThreadId>(i));
    if (thread.state != ThreadState::blocked) continue;
    message +=
        (places.empty() ? "; thread " : ", thread ") + std::to_string(thread.id) + " " + waits_text(thread);
    places.push_back(waiting_place(engine, thread));
    const ThreadId holder = awaited(thread);
    if (holder != kNoThread) add_holding_place(engine, engine.thread(holder), thread.waits_for, places);
  }
  return engine.finding(FindingKind::deadlock, message + ".", std::move(places));
}

}  // namespace

void explain_stuck(Engine& engine) {
  Probe& probe = engine.probe();
  if (probe.thread == kNoThread) {
    find_cycle(engine);
    probe.stuck = deadlock_of(engine);
  } else {
    const Thread& asked = engine.thread(probe.thread);
    const bool waits_again = asked.state == ThreadState::blocked && asked.waits_for == probe.object;
    // Without a step it has not even got its mutex back.
    if (!waits_again && engine.step() != probe.step) engine.end_probe(true);
  }
  if (!ask_next(engine, probe)) engine.end_probe(false);
}

}  // namespace racecourse::schedules
