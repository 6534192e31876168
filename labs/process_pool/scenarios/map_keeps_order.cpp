// The values of map stand in the order of the arguments although the tasks finish in another order: every
// second task sleeps, so that later ones overtake it again and again.
#include <string>
#include <vector>

#include "process_pool.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

std::string slow_if_even(const std::string& argument) {
  if (std::stoi(argument) % 2 == 0) scenarios::sleep_for(scenarios::milliseconds(4));
  return "task " + argument;
}

}  // namespace

RACECOURSE_SCENARIO(map_keeps_order) {
  constexpr int kTasks = 40;
  std::vector<std::string> arguments;
  std::vector<std::string> expected;
  const auto first = racecourse::inputs().between(0, 100) * 2;
  for (auto i = first; i < first + kTasks; ++i) {
    arguments.push_back(std::to_string(i));
    expected.push_back("task " + std::to_string(i));
  }
  const auto pool = process_pool::make_pool(3);
  const std::vector<std::string> values = pool->map(slow_if_even, arguments);
  CHECK_MESSAGE(values.size() == arguments.size(), "map() must return one value for each argument.");
  CHECK_MESSAGE((values == expected),
                "map() must return the values in the order of the arguments, although later tasks "
                "finish before earlier ones.");
}
