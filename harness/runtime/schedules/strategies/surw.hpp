// SURW: each execution picks one object and samples the orders of the operations on it evenly.
//
// Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing (ASPLOS 2025). The thread that
// may do the next operation on the object is drawn with the weight of how many such operations it still has
// to do, as counted in an earlier execution; operations on other objects happen in any order. Deviations: the
// counts come from the last complete execution instead of a profile run, and threads that cannot go on have
// no weight.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "alternatives.hpp"
#include "random.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

class Surw final : public Strategy {
 public:
  explicit Surw(std::uint64_t seed) : seed_(seed) {}

  bool new_execution(std::uint64_t index) override;
  ThreadId choose_thread(const SchedulingPoint& point) override;
  std::uint32_t choose_alternative(std::uint64_t, AlternativeKind kind, std::uint32_t count) override {
    return random_alternative(random_, kind, count);
  }
  bool wants_operations() const override { return true; }
  void executed(ThreadId thread, const Operation& operation) override;
  void end_execution(bool complete) override;

 private:
  using Counts = std::vector<std::uint32_t>;  // By thread.
  [[nodiscard]] bool is_interesting(const Operation& operation) const;
  void draw_next(const SchedulingPoint* point);

  std::uint64_t seed_;
  Random random_{0};
  std::unordered_map<std::uintptr_t, Counts> counts_;  // Of this execution, by 8-byte word.
  struct Target {
    std::uintptr_t word = 0;
    Counts counts;
  };
  std::vector<Target> targets_;  // What two threads or more used in the last complete execution, by word.
  std::uintptr_t word_ = 0;      // The object of this execution; 0 if there is none yet.
  Counts left_;                  // Operations on it still to come.
  ThreadId next_ = kNoThread;    // Who may do the next of them.
};

}  // namespace racecourse::schedules
