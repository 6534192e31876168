// ProofFirst: what grading uses. Every second execution belongs to the exhaustive search within a bound on
// preemptions, the others to the portfolio. Where the search gets to its end the pass is a proof within the
// bound, and nothing more needs to be run; where it does not, the portfolio has met most bugs long before.
#pragma once

#include <cstdint>

#include "exhaustive.hpp"
#include "portfolio.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class ProofFirst final : public Strategy {
 public:
  ProofFirst(std::uint64_t seed, std::uint32_t preemptions_max)
      : search_({preemptions_max, true}), portfolio_(seed) {}

  bool new_execution(std::uint64_t index) override {
    searching_ = index % 2 == 0;
    if (searching_) return search_.new_execution(index / 2);
    return portfolio_.new_execution(index / 2);
  }
  ThreadId choose_thread(const SchedulingPoint& point) override { return current().choose_thread(point); }
  std::uint32_t choose_alternative(std::uint64_t step, AlternativeKind kind, std::uint32_t count) override {
    return current().choose_alternative(step, kind, count);
  }
  bool wants_operations() const override {
    return searching_ ? search_.wants_operations() : portfolio_.wants_operations();
  }
  void executed(ThreadId thread, const Operation& operation) override {
    current().executed(thread, operation);
  }
  bool abandons() const override { return searching_ ? search_.abandons() : portfolio_.abandons(); }
  void end_execution(bool complete) override { current().end_execution(complete); }
  void choices_grew() override {
    search_.choices_grew();
    portfolio_.choices_grew();
  }

 private:
  Strategy& current() {
    if (searching_) return search_;
    return portfolio_;
  }

  Exhaustive search_;
  Portfolio portfolio_;
  bool searching_ = true;
};

}  // namespace racecourse::schedules
