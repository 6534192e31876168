// Everyday use: many short tasks with arguments of any bytes, by map and apply_async, asked for in any order.
#include <memory>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

std::string any_bytes() {
  std::string bytes(static_cast<std::size_t>(racecourse::inputs().between(0, 60)), '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(racecourse::inputs().between(0, 3) * 85);  // 0, 85, 170, 255.
  return bytes;
}

std::string turn(const std::string& argument) {
  std::string out(argument.rbegin(), argument.rend());
  for (char& byte : out) byte = static_cast<char>(byte + 1);
  return out;
}

}  // namespace

RACECOURSE_SCENARIO(mixed_use) {
  const auto pool = process_pool::make_pool(3);
  bool all_right = true;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> arguments;
    std::vector<std::unique_ptr<process_pool::AsyncResult>> results;
    for (std::size_t i = 0; i < 80; ++i) {
      arguments.push_back(any_bytes());
      results.push_back(pool->apply_async(scenarios::in_worker<turn>, arguments.back()));
      if (racecourse::inputs().coin()) (void)results[i / 2]->ready();
    }
    racecourse::inputs().shuffle(results);
    std::vector<std::string> expected;
    for (const std::string& argument : arguments) expected.push_back("value " + turn(argument));
    all_right = scenarios::sorted_outcomes(results) == scenarios::sorted(expected) && all_right;
    // Nothing but ready() is called until the last one is there: a result that a thread of the pool sets
    // without synchronisation is then certain to race. That it becomes true is judged elsewhere.
    const auto last = pool->apply_async(scenarios::in_worker<turn>, arguments.front());
    scenarios::wait_until([&] { return last->ready(); });
    const std::vector<std::string> values =
        scenarios::sorted_map(*pool, scenarios::in_worker<turn>, arguments);
    for (std::string& argument : arguments) argument = turn(argument);
    all_right = values == scenarios::sorted(arguments) && all_right;
  }
  CHECK_MESSAGE(all_right,
                "Every task must get exactly the bytes of its argument, and the caller exactly its result.");
}
