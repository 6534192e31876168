#include "observe/speed.hpp"

#include <algorithm>
#include <vector>

namespace racecourse {

namespace {

// The largest k with P(the true median lies outside [k-th smallest, k-th largest] of n) <= 5 %, 1-based; 0
// below six.
std::size_t interval_rank(std::size_t n) {
  double probability = 1;  // Of exactly i successes in n tosses of a fair coin.
  for (std::size_t i = 0; i < n; ++i) probability /= 2;
  double tail = 0;
  std::size_t rank = 0;
  for (std::size_t i = 0; i < n / 2; ++i) {
    tail += probability;
    if (2 * tail > 0.05) break;
    rank = i + 1;
    probability = probability * static_cast<double>(n - i) / static_cast<double>(i + 1);
  }
  return rank;
}

}  // namespace

SpeedDecision decide_speed(std::span<const double> ratios, double ratio_max) {
  constexpr double kSpare = 1.25;
  SpeedDecision decision;
  if (ratios.empty()) return decision;
  std::vector<double> sorted(ratios.begin(), ratios.end());
  std::ranges::sort(sorted);
  const std::size_t n = sorted.size();
  decision.median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  const std::size_t rank = interval_rank(n);
  decision.low = rank > 0 ? sorted[rank - 1] : sorted.front();
  decision.high = rank > 0 ? sorted[n - rank] : sorted.back();
  if (n < static_cast<std::size_t>(kSpeedPairsMin)) return decision;
  const double spare = rank > 0 ? 1.0 : kSpare;
  if (decision.high * spare <= ratio_max)
    decision.answer = SpeedDecision::Answer::fast_enough;
  else if (decision.low > ratio_max * spare)
    decision.answer = SpeedDecision::Answer::too_slow;
  return decision;
}

}  // namespace racecourse
