// apply_async never waits for a task: it is given more tasks than workers, with long arguments, all of which
// are stuck until the last one has been handed in.
#include <memory>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

scenarios::Gate* gate = nullptr;

std::string wait_at_gate(const std::string& argument) {
  return gate->pass() ? std::to_string(argument.size()) : "gave up";
}

}  // namespace

RACECOURSE_SCENARIO(apply_async_returns_at_once) {
  gate = scenarios::make_shared<scenarios::Gate>();
  const auto pool = process_pool::make_pool(2);
  std::vector<std::unique_ptr<process_pool::AsyncResult>> results;
  for (int i = 0; i < 8; ++i) {
    const std::size_t bytes = i % 2 == 0 ? 10 : 300'000;
    results.push_back(pool->apply_async(wait_at_gate, std::string(bytes, 'x')));
  }
  gate->open();
  CHECK_MESSAGE(!gate->stayed_shut(), "apply_async() must return without waiting for any task to finish.");
  if (gate->stayed_shut()) return;
  std::vector<std::string> expected(4, "value 10");
  expected.resize(8, "value 300000");
  CHECK_MESSAGE((scenarios::sorted_outcomes(results) == expected),
                "Every task that was handed in must run and give its value.");
}
