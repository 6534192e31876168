// How random strategies choose an alternative: adversity seldom, since its budget is soon used up and should
// not always be used up at the beginning; the rest uniformly.
#pragma once

#include "random.hpp"
#include "strategy.hpp"

namespace racecourse::schedules {

[[nodiscard]] inline std::uint32_t random_alternative(Random& random, AlternativeKind kind,
                                                      std::uint32_t count) {
  constexpr std::uint32_t kAdversityOneIn = 8;
  if (is_adversity(kind)) return random.one_in(kAdversityOneIn) ? 1 : 0;
  return random.below(count);
}

}  // namespace racecourse::schedules
