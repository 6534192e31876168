// The random numbers of strategies: the same on every machine. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
#pragma once

#include <cstdint>

namespace racecourse::schedules {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform enough below `bound` > 0: the bias is below bound / 2^32.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((bits() >> 32) * bound) >> 32);
  }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

// The seed of execution `index` of an exploration: executions are independent of each other and of how many
// came before.
[[nodiscard]] inline Random random_of(std::uint64_t seed, std::uint64_t index) {
  return Random(Random(seed ^ (index * 0xD1B54A32D192ED03u)).bits());
}

}  // namespace racecourse::schedules
