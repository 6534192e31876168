// Sleep sets: every schedule, without a bound, but of schedules that differ only in the order of independent
// operations exactly one.
//
// Godefroid, Partial-Order Methods for the Verification of Concurrent Systems (LNCS 1032, 1996), ch. 5. When
// all that can follow a thread's next operation has been explored, that thread sleeps while its siblings are:
// until somebody does something that conflicts with that operation, running it would only repeat what is
// known. So the executions that run to their end are the Mazurkiewicz traces of the program, each once; those
// in which only sleepers could go on are abandoned. Deviations: time that passes and a thread that is stopped
// depend on everything; a wait on a condition variable depends on all mutexes, since it releases one. Sound
// without a bound on preemptions only; with one, use Exhaustive.
#pragma once

#include <cstdint>
#include <vector>

#include "strategy.hpp"

namespace racecourse::schedules {

class SleepSets final : public Strategy {
 public:
  bool new_execution(std::uint64_t index) override;
  ThreadId choose_thread(const SchedulingPoint& point) override;
  std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind, std::uint32_t count) override;
  bool wants_operations() const override { return true; }
  void executed(ThreadId thread, const Operation& operation) override;
  bool abandons() const override { return abandons_; }
  void end_execution(bool complete) override;
  void choices_grew() override { begins_again_ = true; }

  // Executions that ran to their end since the search last began again: the traces.
  [[nodiscard]] std::uint64_t complete() const { return complete_; }
  [[nodiscard]] std::uint64_t abandoned() const { return abandoned_; }

 private:
  struct Choice {
    std::vector<std::uint32_t> options;  // Threads, or alternatives; the ones before `at` are explored.
    std::size_t at = 0;
  };
  struct Sleeper {
    ThreadId thread;
    Operation next;
  };
  [[nodiscard]] bool sleeps(ThreadId thread) const;

  std::vector<Choice> path_;
  std::size_t depth_ = 0;  // Of path_, in this execution.
  std::vector<Sleeper> sleepers_;
  bool abandons_ = false;
  bool begins_again_ = true;
  std::uint64_t complete_ = 0;
  std::uint64_t abandoned_ = 0;
};

}  // namespace racecourse::schedules
