// Executions and findings. Scheduling is in engine_schedule.cpp, the life of threads in engine_threads.cpp.
#include "engine.hpp"

#include <algorithm>
#include <cstdlib>

#include "context_switch.hpp"
#include "fiber_slots.hpp"
#include "stuck.hpp"

namespace racecourse::schedules {

constinit Engine* the_engine = nullptr;

Engine& make_engine() {
  if (the_engine == nullptr) the_engine = new Engine;
  return *the_engine;
}

Engine::Engine() {
  runnable_.reserve(kThreadsMax);
  diligent_.reserve(kThreadsMax);
}

void Engine::prepare(const Options& options) {
  options_ = options;
  every_access_ = options.switch_points == SwitchPoints::every_access;
  shadow.forget_learned();
  known_races_.clear();
  modules.refresh();
}

void Engine::reset_execution() {
  execution_.decisions.clear();
  execution_.findings.clear();
  races_now_.clear();
  execution_.observations.clear();
  execution_.end = ExecutionEnd::running;
  execution_.switches = 0;
  execution_.preemptions = 0;
  execution_.choices_grew = false;
  shadow.new_execution();
  objects.new_execution();
  lock_order.new_execution();
  at_exit.clear();
  fences_seen.clear();
  body_finished_ = false;
  step_ = 0;
  alarm_ = budget_alarm_ = options_.steps_max;
  has_operations_ = false;
  stopped_count_ = 0;
  alternatives_step_ = ~std::uint64_t{0};
  private_run_ = 0;
  fair_ = false;
  probe_ = {};
  idle_turns_ = 0;
  fair_state_ = 0x9E3779B97F4A7C15u;
  now_ns_ = 0;
  wake_up_call_ = {};
  timed_count_ = 0;
  lazy_count_ = 0;
  adversity_left_ = {options_.adversity.early_timeouts, options_.adversity.spurious_wakeups,
                     options_.adversity.weak_failures, options_.adversity.creation_failures,
                     options_.adversity.stopped_threads};
  runnable_.clear();
  thread_count_ = 0;
}

void body_entry() {
  Engine& me = engine();
  in_world = true;
  me.body_(me.body_argument_);
  // What a process does after main: objects with static storage end, last made first.
  while (!me.at_exit.empty()) {
    const Thread::Destructor last = me.at_exit.back();
    me.at_exit.pop_back();
    last.run(last.object);
  }
  in_world = false;
  me.body_finished_ = true;
  me.exit_thread();
}

const Execution& Engine::run(Body body, void* argument, Strategy& strategy, Recorder* recorder) {
  reset_execution();
  strategy_ = &strategy;
  recorder_ = recorder;
  replaying_ = strategy.replays();
  wants_operations_ = strategy.wants_operations();
  watching_ = wants_operations_ || recorder != nullptr;
  body_ = body;
  body_argument_ = argument;
  host_thread_pointer_ = current_thread_pointer();
  Thread& first = new_thread(0);
  first.stack_pointer = fresh_context(first.stack_low + kStackBytes, body_entry);
  current_ = &first;
  switch_context(&host_stack_pointer_, first.stack_pointer, first.thread_pointer);
  current_ = nullptr;
  strategy_ = nullptr;
  recorder_ = nullptr;
  execution_.steps = step_;
  execution_.threads = thread_count_;
  return execution_;
}

void Engine::stop(ExecutionEnd end) {
  in_world = false;
  execution_.end = end;
  void* abandoned = nullptr;
  switch_context(&abandoned, host_stack_pointer_, host_thread_pointer_);
  die("a finished execution went on");
}

void Engine::nobody_can_go_on() {
  if (probe_.thread != kNoThread) {
    const auto blocked = [this](ThreadId id) { return threads_[id]->state == ThreadState::blocked; };
    const auto all = std::span(threads_).first(thread_count_);
    if (std::none_of(all.begin(), all.end(), [&](const auto& each) { return blocked(each->id); }))
      end_probe(true);
    return explain_stuck(*this);
  }
  bool waits = false;
  for (std::uint32_t i = 0; i < thread_count_; ++i)
    waits = waits || threads_[i]->state == ThreadState::blocked;
  // Once the body is over, a detached thread that waits for ever is cut off, as the end of a process would.
  if (waits && !body_finished_) return explain_stuck(*this);
  if (waits)
    for (std::uint32_t i = 0; i < thread_count_; ++i)
      if (threads_[i]->state == ThreadState::blocked && !threads_[i]->detached) return explain_stuck(*this);
  for (std::uint32_t i = 1; i < thread_count_; ++i) {
    const Thread& other = *threads_[i];
    if (other.joined || other.detached) continue;
    report(FindingKind::thread_leak, "A thread is neither joined nor detached when the scenario is over.",
           {place_of("is created", other.creator, other.created_pc, other.created_context)});
    break;
  }
  stop(ExecutionEnd::finished);
}

Place Engine::place_here(std::string role, std::uintptr_t pc) {
  return place_of(std::move(role), current_->id, pc, current_->context);
}

Place Engine::place_of(std::string role, ThreadId thread, std::uintptr_t pc, std::uint32_t context) {
  Place place{std::move(role), thread, {}};
  if (pc != 0) place.stack.push_back(modules.code_address(pc));
  for (const std::uintptr_t call : contexts.calls(context)) place.stack.push_back(modules.code_address(call));
  return place;
}

Finding Engine::finding(FindingKind kind, std::string message, std::vector<Place> places) const {
  Finding finding;
  finding.kind = kind;
  finding.message = std::move(message);
  finding.places = std::move(places);
  finding.step = step_;
  return finding;
}

void Engine::report(FindingKind kind, std::string message, std::vector<Place> places, std::string fault) {
  if (probe_.thread != kNoThread) {
    // What happens after an answer that no notification gave is no fact about the program, but it is an
    // answer. A race on the condition itself is none: the thread looks at it either way.
    if (kind == FindingKind::data_race || kind == FindingKind::potential_deadlock) return;
    end_probe(true);
  }
  Finding found = finding(kind, std::move(message), std::move(places));
  found.fault = std::move(fault);
  add(std::move(found));
}

void Engine::add(Finding found) {
  for (const Finding& known : execution_.findings)
    if (same_fact(known, found)) return;
  execution_.findings.push_back(std::move(found));
}

void Engine::end_probe(bool goes_on) {
  Finding found = std::move(goes_on ? probe_.lost : probe_.stuck);
  probe_ = {};
  add(std::move(found));
  stop(ExecutionEnd::stopped);
}

void Engine::fail(FindingKind kind, std::string message, std::vector<Place> places) {
  report(kind, std::move(message), std::move(places));
  stop(ExecutionEnd::stopped);
}

void Engine::observe(std::string_view name, std::string_view value) {
  if (!execution_.observations.empty()) execution_.observations += ' ';
  execution_.observations.append(name).append("=").append(value);
}

}  // namespace racecourse::schedules
