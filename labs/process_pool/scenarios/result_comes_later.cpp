// AsyncResult while its task runs and after: ready, wait_for, wait, and get more than once.
#include <chrono>
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

using std::chrono::milliseconds;

scenarios::Gate* gate = nullptr;

std::string wait_at_gate(const std::string& argument) { return gate->pass() ? argument : "gave up"; }

}  // namespace

RACECOURSE_SCENARIO(result_comes_later) {
  gate = scenarios::make_shared<scenarios::Gate>();
  const std::string word = racecourse::inputs().word(8);
  const auto pool = process_pool::make_pool(2);
  const auto result = pool->apply_async(wait_at_gate, word);

  CHECK_MESSAGE(!result->ready(), "ready() must be false while the task runs.");
  CHECK_MESSAGE(!result->wait_for(milliseconds(0)), "wait_for(0) must be false while the task runs.");
  CHECK_MESSAGE(!result->wait_for(milliseconds(-5)), "wait_for() of less than nothing only asks.");
  const auto before = std::chrono::steady_clock::now();
  const bool finished = result->wait_for(milliseconds(30));
  const bool too_early = std::chrono::steady_clock::now() - before < milliseconds(30);
  CHECK_MESSAGE(!finished, "wait_for() must return false when the time has passed and the task still runs.");
  CHECK_MESSAGE(!too_early, "wait_for() must not give up before its time has passed.");
  CHECK_MESSAGE(!gate->stayed_shut(), "ready() and wait_for() must not wait for the task to finish.");

  gate->open();
  CHECK_MESSAGE(result->wait_for(milliseconds(60'000)),
                "wait_for() must return true when the task finishes.");
  CHECK_MESSAGE(result->ready(), "ready() must be true when the task is finished.");
  result->wait();
  for (int i = 0; i < 3; ++i)
    CHECK_MESSAGE(scenarios::outcome_of(*result) == "value " + word,
                  "get() must give the same value each time.");

  const auto asked = pool->apply_async(wait_at_gate, word);
  CHECK_MESSAGE(scenarios::wait_until([&] { return asked->ready(); }),
                "A loop that only asks ready() must come to an end.");
}
