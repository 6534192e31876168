// The loop over executions, and what is done with a finding: made simpler, replayed twice more, told.
#include "explore.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "crash_guard.hpp"
#include "descriptors.hpp"
#include "early_thread.hpp"
#include "engine.hpp"
#include "heap.hpp"
#include "host_text.hpp"
#include "minimise.hpp"
#include "random_bytes.hpp"
#include "recorder.hpp"
#include "strategies/replay.hpp"
#include "token.hpp"
#include "world_snapshot.hpp"

// The C library's own word on whether there are threads. libstdc++ counts references without atomics where
// there are none; threads of the world are threads.
extern "C" char __libc_single_threaded;

namespace racecourse::schedules {

void remember_keys();
void restore_keys();

namespace {

// libstdc++ keeps what it computes once of a locale; it must not come from the heap of an execution.
void warm_up_library() {
  std::ostringstream out;
  out << 1 << ' ' << 1.5 << ' ' << true << ' ' << static_cast<const void*>(&out);
  std::istringstream in("1 2.5");
  int whole = 0;
  double real = 0;
  in >> whole >> real;
}

constexpr std::uint32_t kRecordedStepsMax = 20'000;

class Explorer {
 public:
  Explorer(Body body, void* argument, const Options& options)
      : body_(body), argument_(argument), options_(options) {
    static const bool warm = (warm_up_library(), true);
    (void)warm;
    world_is_loaded();
    find_host_text();
    make_engine().prepare(options);
    __libc_single_threaded = 0;
    if (!snapshot()) {
      snapshot() = std::make_unique<WorldSnapshot>(options.world_modules);
      remember_keys();
    }
  }
  ~Explorer() {
    descriptors_.close_others();
    snapshot()->restore();
  }

  const Execution& run(Strategy& strategy, Recorder* recorder = nullptr) {
    descriptors_.close_others();
    snapshot()->restore();
    restore_keys();
    restart_random_bytes();
    const Execution& execution = engine().run(body_, argument_, strategy, recorder);
    choices_grew_ = choices_grew_ || execution.choices_grew;
    return execution;
  }

  // Whether any execution since the last call, also one that established a finding, made choices grow.
  bool take_choices_grew() { return std::exchange(choices_grew_, false); }

  Replay replay(const Schedule& schedule, std::uint32_t story_steps_max) {
    ReplayStrategy strategy(schedule);
    (void)strategy.new_execution(0);
    // A check that fails early must not lose its story to what the scenario does afterwards.
    Recorder recorder(engine().modules, engine().contexts, story_steps_max == 0 ? 0 : kRecordedStepsMax);
    const Execution& execution = run(strategy, &recorder);
    Replay result;
    result.findings = execution.findings;
    result.outcome = execution.observations;
    result.digest = recorder.digest();
    result.steps = execution.steps;
    result.preemptions = execution.preemptions;
    result.faithful = strategy.faithful();
    result.story = recorder.story(execution.steps, story_steps_max);
    for (Finding& finding : result.findings) {
      finding.digest = result.digest;
      finding.schedule = schedule;
      finding.story = recorder.story(finding.step, story_steps_max);
    }
    return result;
  }

  // A finding as an execution showed it becomes one that can be relied on.
  Finding establish(const Finding& shown, const Execution& execution, std::uint64_t number) {
    engine().tell_known_races(true);
    Finding result = establish_telling_all(shown, execution, number);
    engine().tell_known_races(false);
    return result;
  }

 private:
  Finding establish_telling_all(const Finding& shown, const Execution& execution, std::uint64_t number) {
    const Simpler original{{execution.decisions}, execution.preemptions, shown};
    const Simpler simpler = minimise(
        shown, original, [this](Strategy& strategy) -> const Execution& { return run(strategy); },
        options_.minimise_executions_max);
    if (auto verified = verify(simpler, number)) return *verified;
    if (simpler.schedule != original.schedule)
      if (auto verified = verify(original, number)) return *verified;
    Finding failed = shown;
    failed.kind = FindingKind::not_reproducible;
    failed.message =
        "A finding could not be reproduced by its own schedule: the program depends on something that is not "
        "controlled. It said: " +
        shown.message;
    failed.schedule = original.schedule;
    failed.execution = number;
    return failed;
  }
  static std::unique_ptr<WorldSnapshot>& snapshot() {
    static std::unique_ptr<WorldSnapshot> instance;
    return instance;
  }
  std::optional<Finding> verify(const Simpler& candidate, std::uint64_t number) {
    const Replay first = replay(candidate.schedule, options_.story_steps_max);
    const auto shown = std::find_if(first.findings.begin(), first.findings.end(), [&](const Finding& other) {
      return other.kind == candidate.finding.kind;
    });
    if (shown == first.findings.end()) return std::nullopt;
    for (int again = 0; again < 2; ++again) {
      const Replay other = replay(candidate.schedule, 0);
      if (other.digest != first.digest || other.findings.size() != first.findings.size()) return std::nullopt;
    }
    Finding finding = *shown;
    finding.preemptions = candidate.preemptions;
    finding.execution = number;
    finding.verified = true;
    Token token = token_of_this_build(options_.world_modules);
    token.memory_model = options_.memory_model;
    token.schedule = candidate.schedule;
    finding.token = to_text(token);
    return finding;
  }

  Body body_;
  void* argument_;
  const Options& options_;
  CrashGuard guard_;
  HostDescriptors descriptors_;
  bool choices_grew_ = false;
};

bool is_new(const Summary& summary, const Finding& finding) {
  return std::none_of(summary.findings.begin(), summary.findings.end(), [&](const Finding& known) {
    if (known.kind == FindingKind::not_reproducible) return true;
    // Where threads wait differs from schedule to schedule; that they wait for ever is one fact.
    const bool by_kind = known.kind == FindingKind::deadlock || known.kind == FindingKind::livelock ||
                         known.kind == FindingKind::starvation || known.kind == FindingKind::not_lock_free ||
                         known.kind == FindingKind::lost_wakeup;
    return by_kind ? known.kind == finding.kind : same_fact(known, finding);
  });
}

}  // namespace

namespace {

// What stands in the place of an exploration when the submission has started a thread before it.
Finding early_thread_finding(const Options& options) {
  Finding finding;
  finding.kind = FindingKind::unsupported_call;
  finding.message =
      "An object with static storage starts a thread before the scenario begins: controlled schedules begin "
      "with "
      "one thread.";
  finding.places = {{"starts the thread", 0, {engine().modules.code_address(early_thread_pc)}}};
  finding.verified = true;
  finding.token = to_text(token_of_this_build(options.world_modules));
  return finding;
}

}  // namespace

Summary explore(Body body, void* argument, Strategy& strategy, const Options& options, Sink* sink) {
  Explorer explorer(body, argument, options);
  Summary summary;
  if (early_thread_pc != 0) {
    summary.findings.push_back(early_thread_finding(options));
    if (sink != nullptr) sink->on_finding(summary.findings.back());
    return summary;
  }
  std::uint64_t number = 0;
  for (; summary.executions < options.executions_max && summary.steps < options.total_steps_max; ++number) {
    if (explorer.take_choices_grew()) strategy.choices_grew();
    if (!strategy.new_execution(number)) {
      summary.exhaustive = true;
      break;
    }
    const Execution& execution = explorer.run(strategy);
    const bool complete = execution.end != ExecutionEnd::pruned;
    strategy.end_execution(complete);
    summary.steps += execution.steps;
    summary.switches += execution.switches;
    summary.threads_max = std::max(summary.threads_max, execution.threads);
    ++(complete ? summary.executions : summary.pruned);
    if (execution.end == ExecutionEnd::finished) {
      const auto [outcome, is_new_outcome] = summary.outcomes.try_emplace(execution.observations);
      if (is_new_outcome) {
        outcome->second.decisions = execution.decisions;
        if (sink != nullptr) sink->on_outcome(outcome->first, outcome->second);
      }
    }
    if (execution.findings.empty()) continue;
    engine().learn_races();
    const Execution failing = execution;  // Establishing runs others.
    for (const Finding& finding : failing.findings) {
      if (!is_new(summary, finding)) continue;
      Finding established = explorer.establish(finding, failing, number);
      if (!is_new(summary, established)) continue;
      if (sink != nullptr) sink->on_finding(established);
      summary.findings.push_back(std::move(established));
    }
    if (summary.findings.size() >= options.findings_max) break;
  }
  return summary;
}

Replay replay(Body body, void* argument, const Schedule& schedule, const Options& options) {
  Explorer explorer(body, argument, options);
  if (early_thread_pc != 0) {
    Replay result;
    result.findings = {early_thread_finding(options)};
    result.faithful = true;
    return result;
  }
  return explorer.replay(schedule, options.story_steps_max);
}

void observe(std::string_view name, std::string_view value) {
  if (!exploring()) return;
  const OutsideWorld outside;
  engine().observe(name, value);
}

void report_failure(FindingKind kind, std::string_view message, std::string_view fault) {
  if (!exploring()) return;
  const OutsideWorld outside;
  engine().report(kind, std::string(message), {}, std::string(fault));
}

const std::string& observed() { return engine().observations(); }

void begin_lock_free_operation() {
  if (!exploring()) return;
  const OutsideWorld outside;
  engine().begin_operation(reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}

void end_lock_free_operation() {
  if (!exploring()) return;
  const OutsideWorld outside;
  engine().end_operation(reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}

bool exploring() { return the_engine != nullptr && engine().running(); }

void world_is_loaded() { loading_world = false; }

}  // namespace racecourse::schedules
