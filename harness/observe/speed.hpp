// Speed: whether a submission is too slow against the reference, from the ratios of alternating runs. Pure.
#pragma once

#include <span>

namespace racecourse {

struct SpeedDecision {
  enum class Answer { fast_enough, too_slow, undecided };
  Answer answer = Answer::undecided;
  double median = 0;
  double low =
      0;  // The interval that holds the true median with at least 95 % confidence, or all ratios where
  double high = 0;  // there are fewer than six.
};

inline constexpr int kSpeedPairsMin = 3;
inline constexpr int kSpeedPairsMax = 31;

// `ratios`: the submission's time divided by the reference's, a pair of neighbouring runs each. Decides when
// the interval of the median lies on one side of `ratio_max`; below six pairs, when all ratios lie there with
// a quarter to spare.
//
// The interval is the distribution-free one between order statistics (Conover, Practical Nonparametric
// Statistics, 3.2): timings have long tails on busy machines, so nothing here assumes a shape.
[[nodiscard]] SpeedDecision decide_speed(std::span<const double> ratios, double ratio_max);

}  // namespace racecourse
