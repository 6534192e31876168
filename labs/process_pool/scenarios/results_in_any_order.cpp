// Results are asked for in another order than the tasks were handed in: the second while the first cannot
// be finished, and then twelve in any order.
#include <memory>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace results_in_any_order {

scenarios::Gate* gate = nullptr;

std::string echo(const std::string& argument) { return argument + "!"; }
std::string wait_at_gate(const std::string& argument) { return gate->pass() ? argument : "gave up"; }

RACECOURSE_SCENARIO(results_in_any_order) {
  gate = scenarios::make_shared<scenarios::Gate>();
  const auto pool = process_pool::make_pool(2);
  const auto first = pool->apply_async(wait_at_gate, "first");
  std::vector<std::size_t> order;
  std::vector<std::string> words;
  std::vector<std::unique_ptr<process_pool::AsyncResult>> results;
  const auto second = pool->apply_async(echo, "second");
  CHECK_MESSAGE(scenarios::outcome_of(*second) == "value second!",
                "get() must give the value of its own task, although an older task is not finished.");
  CHECK_MESSAGE(!gate->stayed_shut(), "get() must not wait for the results of other tasks.");
  if (gate->stayed_shut()) return;
  gate->open();
  for (std::size_t i = 0; i < 12; ++i) {
    order.push_back(i);
    words.push_back(racecourse::inputs().word(6));
    results.push_back(pool->apply_async(echo, words.back()));
  }
  racecourse::inputs().shuffle(order);
  for (const std::size_t i : order)
    CHECK_MESSAGE(scenarios::outcome_of(*results[i]) == "value " + words[i] + "!",
                  "get() must give the value of its own task, in whatever order results are asked for.");
  CHECK_MESSAGE(scenarios::outcome_of(*first) == "value first", "get() must give the value of its own task.");
}

}  // namespace results_in_any_order
}  // namespace
