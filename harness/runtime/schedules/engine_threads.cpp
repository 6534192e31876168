// The life of threads: creating, blocking, waking, ending.
#include <algorithm>
#include <cerrno>

#include "context_switch.hpp"
#include "engine.hpp"
#include "fiber_slots.hpp"

namespace racecourse::schedules {

Thread& Engine::new_thread(std::uint16_t id) {
  const FiberSlot* const slot = fresh_fiber_slot(id);
  if (slot == nullptr) {
    if (id == 0) die("the machine refuses to start a thread");
    fail(FindingKind::unsupported_call, "So many threads that the machine refuses to start another one.", {});
  }
  if (!threads_[id]) threads_[id] = std::make_unique<Thread>();
  Thread& thread = *threads_[id];
  thread.id = id;
  thread.state = ThreadState::runnable;
  thread.laziness = Laziness::none;
  thread.starting = thread.detached = thread.joined = thread.timed_out = thread.gave_up =
      thread.has_deadline = false;
  thread.contends = thread.wants_shared = thread.stopped = false;
  thread.operations = 0;
  thread.creator = kNoThread;
  thread.created_pc = 0;
  thread.context = thread.created_context = CallContexts::kRoot;
  thread.last_scheduled = 0;
  thread.pending = {};
  thread.thread_pointer = slot->thread_pointer;
  thread.stack_low = slot->stack_low;
  thread.waits_for = thread.sought = nullptr;
  thread.bypasses = thread.passed_over = thread.turns_without = 0;
  thread.queue = nullptr;
  thread.clock.clear();
  thread.lineage.clear();
  thread.to_acquire.clear();
  thread.to_release.clear();
  thread.seen_by_fences.clear();
  thread.fence_step = 0;
  thread.spin.reset();
  thread.looked_at = 0;
  thread.clock_reads = 0;
  thread.ignores = 0;
  thread.result = nullptr;
  thread.destructors.clear();
  thread.specific.clear();
  thread.held.clear();
  thread_count_ = id + 1u;
  next_[id] = &thread.pending;
  runnable_.push_back(id);  // The highest number, so the order stays.
  return thread;
}

void thread_entry() {
  Thread& me = engine().self();
  in_world = true;
  me.result = me.start(me.argument);
  in_world = false;
  engine().exit_thread();
}

bool is_entry_of_thread(std::uintptr_t function) {
  return function == reinterpret_cast<std::uintptr_t>(&thread_entry) ||
         function == reinterpret_cast<std::uintptr_t>(&body_entry);
}

void Engine::create_thread(void* (*start)(void*), void* argument, bool detached, std::uintptr_t pc,
                           unsigned long* handle) {
  Thread& me = *current_;
  if (thread_count_ == kThreadsMax)
    fail(FindingKind::unsupported_call,
         "More threads in one execution than controlled schedules support (256).",
         {place_here("creates a thread", pc)});
  Thread& child = new_thread(static_cast<ThreadId>(thread_count_));
  child.start = start;
  child.argument = argument;
  child.detached = detached;
  child.creator = me.id;
  child.created_pc = pc;
  child.created_context = me.context;
  child.clock = me.clock;
  child.clock.set(child.id, 1);
  child.lineage = me.lineage;
  child.lineage.set(child.id, 1);
  me.advance();
  me.advance_lineage();
  child.stack_pointer = fresh_context(child.stack_low + kStackBytes, thread_entry);
  child.starting = !replaying_;
  *handle = child.thread_pointer;
  switch_to(child);
}

ThreadEnd& Engine::end_of(Thread& thread) {
  ThreadEnd& end = objects.find_or_make<ThreadEnd>(thread.thread_pointer);
  end.thread = &thread;
  return end;
}

Thread* Engine::find_thread(std::uintptr_t thread_pointer) {
  for (std::uint32_t i = 0; i < thread_count_; ++i)
    if (threads_[i]->thread_pointer == thread_pointer) return threads_[i].get();
  return nullptr;
}

void Engine::exit_thread() {
  Thread& me = *current_;
  // Destructors of thread_local objects may register more, and set values of keys; the C library tries four
  // rounds.
  while (!me.destructors.empty()) {
    const Thread::Destructor last = me.destructors.back();
    me.destructors.pop_back();
    in_world = true;
    last.run(last.object);
    in_world = false;
  }
  run_key_destructors(me);
  me.pending = {OperationKind::thread_exit, 0, false, me.thread_pointer, 0};
  ++step_;
  if (watching_) note_executed(me);
  clear_laziness(me);
  me.operations = 0;
  runnable_.erase(std::find(runnable_.begin(), runnable_.end(), me.id));
  me.state = ThreadState::finished;
  me.advance_lineage();
  refresh(end_of(me).contenders, [](Thread&) { return true; });
  reschedule(me);
  die("a finished thread went on");
}

void Engine::set_blocked(Thread& thread, std::optional<std::uint64_t> deadline_ns) {
  if (thread.state == ThreadState::runnable) {
    clear_laziness(thread);
    runnable_.erase(std::find(runnable_.begin(), runnable_.end(), thread.id));
    thread.state = ThreadState::blocked;
    thread.wait_began = step_;
  }
  if (deadline_ns && !thread.has_deadline) {
    thread.has_deadline = true;
    thread.deadline_ns = *deadline_ns;
    ++timed_count_;
  }
}

void Engine::set_runnable(Thread& thread) {
  if (thread.state != ThreadState::blocked) return;
  thread.state = ThreadState::runnable;
  runnable_.insert(std::lower_bound(runnable_.begin(), runnable_.end(), thread.id), thread.id);
}

void Engine::drop_deadline(Thread& thread) {
  if (!thread.has_deadline) return;
  thread.has_deadline = false;
  --timed_count_;
}

void Engine::begin_contending(SyncObject& object, ThreadQueue& contenders) {
  Thread& me = *current_;
  me.waits_for = me.sought = &object;
  me.bypasses = 0;
  me.contends = true;
  me.gave_up = false;
  contenders.push(me);
}

// True unless the deadline passed before the thread was chosen.
bool Engine::end_contending(ThreadQueue& contenders) {
  Thread& me = *current_;
  contenders.remove(me);
  me.waits_for = nullptr;
  me.contends = false;
  drop_deadline(me);
  const bool late = me.gave_up;
  me.gave_up = false;
  return !late;
}

bool Engine::wait(SyncObject& object, ThreadQueue& queue, std::optional<std::uint64_t> deadline_ns,
                  Mutex* then_locks) {
  Thread& me = *current_;
  me.waits_for = &object;
  me.timed_out = false;
  me.then_locks = then_locks;
  queue.push(me);
  set_blocked(me, deadline_ns);
  me.clock_reads = 0;
  ++step_;
  reschedule(me);
  if (then_locks != nullptr) {
    // Woken, and chosen when the mutex was free.
    end_contending(then_locks->contenders);
    ++step_;
    if (watching_) note_executed(me);
    return !me.timed_out;
  }
  me.waits_for = nullptr;
  went_on();
  return !me.timed_out;
}

// Strategies that tell states apart must see that a thread which waited has gone on.
void Engine::went_on() { also({current_->pending.kind, 0, true, 0, current_->pending.pc}); }

void Engine::wake(Thread& waiter) {
  if (waiter.queue != nullptr) waiter.queue->remove(waiter);
  drop_deadline(waiter);
  if (waiter.then_locks == nullptr) {
    waiter.waits_for = nullptr;
    set_runnable(waiter);
    return;
  }
  Mutex& mutex = *waiter.then_locks;
  waiter.waits_for = waiter.sought = &mutex;
  waiter.bypasses = 0;
  waiter.contends = true;
  waiter.pending = {OperationKind::mutex_lock, 0, false, mutex.address, waiter.pending.pc};
  mutex.contenders.push(waiter);
  if (mutex.owner == kNoThread) set_runnable(waiter);
}

void Engine::expire(Thread& thread) {
  drop_deadline(thread);
  if (thread.contends) {
    thread.gave_up = true;
    set_runnable(thread);
  } else {
    thread.timed_out = true;
    wake(thread);
  }
}

void Engine::sleep_until(std::uint64_t deadline_ns) {
  Thread& me = *current_;
  me.waits_for = nullptr;
  me.then_locks = nullptr;
  me.clock_reads = 0;
  set_blocked(me, deadline_ns);
  ++step_;
  reschedule(me);
  went_on();
}

}  // namespace racecourse::schedules
