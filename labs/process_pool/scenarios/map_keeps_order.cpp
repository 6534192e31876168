// The values of map stand in the order of the arguments although the tasks finish in another order: the first
// task does not end before the last one has started.
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "process_pool.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

scenarios::Gate* last_started = nullptr;

// That the first task gives up here if it stands in the way of the last one is judged elsewhere.
std::string first_waits_for_last(const std::string& argument) {
  if (argument.starts_with("first")) (void)last_started->pass();
  if (argument.starts_with("last")) last_started->open();
  return "value of " + argument;
}

}  // namespace

RACECOURSE_SCENARIO(map_keeps_order) {
  constexpr int kTasks = 40;
  last_started = scenarios::make_shared<scenarios::Gate>();
  std::vector<std::string> arguments;
  std::vector<std::string> expected;
  for (int i = 0; i < kTasks; ++i) {
    const std::string place = i == 0 ? "first " : i == kTasks - 1 ? "last " : "";
    arguments.push_back(place + racecourse::inputs().word(4));
    expected.push_back("value of " + arguments.back());
  }
  const auto pool = process_pool::make_pool(3);
  const std::vector<std::string> values = pool->map(scenarios::in_worker<first_waits_for_last>, arguments);
  CHECK_MESSAGE(values.size() == arguments.size(), "map() must return one value for each argument.");
  CHECK_MESSAGE((values == expected),
                "map() must return the values in the order of the arguments, although later tasks "
                "finish before earlier ones.");
}
