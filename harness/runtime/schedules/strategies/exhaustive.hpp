// Exhaustive search: every schedule with at most so many preemptions, depth first.
//
// With reduction, a state that was reached before by an equivalent interleaving (see
// happens_before_hash.hpp), with at least as many preemptions left and the same thread running, is not
// explored again: everything that can follow has been seen. This is the reduction of CHESS (Musuvathi and
// Qadeer, MSR-TR-2007-12); unlike sleep sets and the dynamic reductions it stays sound under a bound on
// preemptions. Every outcome and every deadlock within the bound is still met. When new_execution returns
// false without limited(), the pass is a proof within the bound.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "happens_before_hash.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class Exhaustive final : public Strategy {
 public:
  static constexpr std::uint32_t kUnbounded = ~std::uint32_t{0};
  // Of 24 bytes each and the table around them: 200 MB at worst. Beyond it states are explored again.
  static constexpr std::size_t kStatesMax = 4'000'000;

  struct Limits {
    std::uint32_t preemptions_max = kUnbounded;
    bool reduce = true;
  };
  explicit Exhaustive(Limits limits) : limits_(limits) {}

  bool new_execution(std::uint64_t index) override;
  ThreadId choose_thread(const SchedulingPoint& point) override;
  std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind, std::uint32_t count) override;
  bool wants_operations() const override { return limits_.reduce; }
  void executed(ThreadId thread, const Operation& operation) override;
  bool abandons() const override { return abandons_; }
  void end_execution(bool complete) override;
  void choices_grew() override;

  // Executions that ran to their end since the search last began again.
  [[nodiscard]] std::uint64_t complete() const { return complete_; }
  // With reduction: classes of equivalent executions among them.
  [[nodiscard]] std::uint64_t classes() const { return ends_.size(); }
  // Some choice was left out because of the bound on preemptions.
  [[nodiscard]] bool limited() const { return limited_; }

 private:
  // One choice on the way to where the search is.
  struct Choice {
    std::vector<std::uint32_t> options;  // Threads, or alternatives; the ones up to `at` have been taken.
    std::size_t at = 0;
    std::uint32_t preemptions = 0;  // If options[0] is taken; each other one costs one more if `costs`.
    bool costs = false;
  };
  [[nodiscard]] std::uint32_t take();
  [[nodiscard]] bool seen_before(const SchedulingPoint& point);

  Limits limits_;
  std::vector<Choice> path_;
  std::size_t depth_ = 0;  // Of path_, in this execution.
  std::uint32_t preemptions_ = 0;
  bool abandons_ = false;
  bool begins_again_ = true;
  bool limited_ = false;
  std::uint64_t complete_ = 0;
  ThreadId last_ = 0;
  HappensBeforeHash hash_;
  std::unordered_set<std::uint64_t> ends_;
  std::unordered_map<std::uint64_t, std::uint32_t> states_;  // To the fewest preemptions it was reached with.
};

}  // namespace racecourse::schedules
