// Two ways, one after the other. First a search of all schedules with no preemption, with one, with two: most
// bugs need no more (Musuvathi and Qadeer, PLDI 2007), and what it finds first has the fewest. If that is too
// much for the budget, the preemptions of the failing schedule are left out one at a time, as long as the
// finding stays.
#include "minimise.hpp"

#include <algorithm>

#include "strategies/exhaustive.hpp"
#include "strategies/guided.hpp"

namespace racecourse::schedules {

namespace {

const Finding* shown_by(const Execution& execution, const Finding& wanted) {
  const bool by_fact = wanted.kind == FindingKind::data_race || wanted.kind == FindingKind::wrong_outcome;
  for (const Finding& finding : execution.findings)
    if (by_fact ? same_fact(finding, wanted) : finding.kind == wanted.kind) return &finding;
  return nullptr;
}

// Chooses in an ordinary execution what a recorded schedule says, step by step.
class Following final : public Strategy {
 public:
  explicit Following(const Schedule& schedule) : schedule_(schedule) {}
  bool new_execution(std::uint64_t) override { return true; }
  ThreadId choose_thread(const SchedulingPoint& point) override {
    for (const Decision& decision : schedule_.decisions)
      if (decision.step == point.step && decision.letter == ':' &&
          std::find(point.candidates.begin(), point.candidates.end(), decision.choice) !=
              point.candidates.end())
        return static_cast<ThreadId>(decision.choice);
    return point.preempts ? point.running : point.candidates.front();
  }
  std::uint32_t choose_alternative(std::uint64_t, AlternativeKind, std::uint32_t) override { return 0; }

 private:
  const Schedule& schedule_;
};

bool uses_alternatives(const Schedule& schedule) {
  return std::any_of(schedule.decisions.begin(), schedule.decisions.end(),
                     [](const Decision& decision) { return decision.letter != ':'; });
}

class Minimiser {
 public:
  Minimiser(const Finding& wanted, const Simpler& found, const RunOnce& run, std::uint32_t executions_max)
      : wanted_(wanted), best_(found), run_(run), left_(executions_max) {}

  Simpler search() {
    // Half of the budget, so that the second way has its chance.
    const std::uint32_t reserve = left_ / 2;
    for (std::uint32_t bound = 0; bound < best_.preemptions && bound <= 2 && left_ > reserve; ++bound) {
      Exhaustive exhaustive({bound, true});
      while (left_ > reserve && exhaustive.new_execution(0)) {
        const Execution& execution = run_counted(exhaustive);
        exhaustive.end_execution(execution.end == ExecutionEnd::finished ||
                                 execution.end == ExecutionEnd::stopped);
        if (execution.choices_grew) exhaustive.choices_grew();
        if (accept(execution)) return best_;
      }
    }
    leave_out_one_by_one();
    return best_;
  }

 private:
  const Execution& run_counted(Strategy& strategy) {
    --left_;
    const Execution& execution = run_(strategy);
    steps_ += execution.steps;
    if (steps_ > kStepsMax) left_ = 0;
    return execution;
  }
  bool accept(const Execution& execution) {
    const Finding* const finding = shown_by(execution, wanted_);
    if (finding == nullptr || execution.preemptions >= best_.preemptions) return false;
    best_ = {{execution.decisions}, execution.preemptions, *finding};
    return true;
  }
  void leave_out_one_by_one() {
    if (left_ < 2 || uses_alternatives(best_.schedule)) return;
    Following following(best_.schedule);
    SwitchRecorder recorder(following);
    if (!recorder.new_execution(0) || shown_by(run_counted(recorder), wanted_) == nullptr) return;
    std::vector<Switch> switches = recorder.switches();
    for (std::size_t i = switches.size(); i-- > 0 && left_ > 0;) {
      if (!switches[i].preempts) continue;
      std::vector<Switch> fewer = switches;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      Guided guided(fewer);
      if (!guided.new_execution(0)) return;
      if (accept(run_counted(guided))) switches = std::move(fewer);
    }
  }

  // Chosen so that a finding whose every execution uses up its budget of steps costs at most 0.1 s.
  static constexpr std::uint64_t kStepsMax = 2'000'000;

  const Finding& wanted_;
  std::uint64_t steps_ = 0;
  Simpler best_;
  const RunOnce& run_;
  std::uint32_t left_;
};

}  // namespace

Simpler minimise(const Finding& finding, const Simpler& found, const RunOnce& run,
                 std::uint32_t executions_max) {
  return Minimiser(finding, found, run, executions_max).search();
}

}  // namespace racecourse::schedules
