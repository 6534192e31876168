// Many long arguments and results under way at once: whoever writes all arguments before reading any result
// waits for workers that wait for the caller.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {
namespace long_messages_crowd {

std::string reversed(const std::string& argument) { return std::string(argument.rbegin(), argument.rend()); }

RACECOURSE_SCENARIO(long_messages_crowd) {
  constexpr std::size_t kTasks = 6;
  const auto pool = process_pool::make_pool(2);
  std::vector<std::string> arguments;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < kTasks; ++i) {
    std::string text = racecourse::inputs().word(1000);
    for (int doubling = 0; doubling < 9; ++doubling) text += text;
    arguments.push_back(std::move(text));
    expected.push_back(reversed(arguments.back()));
  }
  const bool mapped =
      scenarios::sorted_map(*pool, scenarios::in_worker<reversed>, arguments) == scenarios::sorted(expected);
  CHECK_MESSAGE(mapped, "map() of six arguments of 500 KB with results of 500 KB must return them all.");
  if (!mapped) return;

  std::vector<std::unique_ptr<process_pool::AsyncResult>> results;
  for (const std::string& argument : arguments)
    results.push_back(pool->apply_async(scenarios::in_worker<reversed>, argument));
  std::reverse(results.begin(), results.end());
  for (std::string& value : expected) value = "value " + value;
  const bool all_right = scenarios::sorted_outcomes(results) == scenarios::sorted(expected);
  CHECK_MESSAGE(all_right,
                "Six tasks with long arguments and results, asked for from the last to the first, must give "
                "their results.");
}

}  // namespace long_messages_crowd
}  // namespace
