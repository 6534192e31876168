// Work for the processor alone, on four workers: how long it takes is compared with the reference.
#include <cstdint>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

// About 12 ms on a machine of 2024.
std::string mix_long(const std::string& argument) {
  std::uint64_t state = std::stoull(argument);
  for (int i = 0; i < 4'000'000; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  return std::to_string(state);
}

}  // namespace

RACECOURSE_SCENARIO(cpu_bound_work) {
  std::vector<std::string> arguments;
  for (int i = 0; i < 16; ++i) arguments.push_back(std::to_string(racecourse::inputs().bits() | 1u));
  const auto pool = process_pool::make_pool(4);
  std::vector<std::string> values;
  racecourse::timed([&] { values = pool->map(mix_long, arguments); });
  racecourse::observe("values", scenarios::sorted(values));
}
