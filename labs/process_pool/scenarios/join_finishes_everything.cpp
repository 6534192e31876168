// close() and join(): all tasks are run, also those whose results nobody wants, and nothing of the pool is
// left.
#include <atomic>
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

std::atomic<int>* finished = nullptr;

std::string nap(const std::string& argument) {
  scenarios::sleep_for(scenarios::milliseconds(3));
  ++*finished;
  return argument;
}

}  // namespace

RACECOURSE_SCENARIO(join_finishes_everything) {
  constexpr int kTasks = 25;
  finished = scenarios::make_shared<std::atomic<int>>();
  const scenarios::Footprint before;
  const auto pool = process_pool::make_pool(3);
  for (int i = 1; i < kTasks; ++i) (void)pool->apply_async(nap, "unwanted");
  const auto last = pool->apply_async(nap, "last");
  pool->close();
  pool->join();
  const bool all_finished = *finished == kTasks;
  CHECK_MESSAGE(all_finished, "join() must return only when all tasks are finished.");
  before.check_nothing_left("after join()");
  CHECK_MESSAGE(last->ready(), "After join() every result must be ready.");
  CHECK_MESSAGE(scenarios::outcome_of(*last) == "value last",
                "After join() a result must still give its value.");
  pool->join();
  pool->terminate();
  pool->close();
  CHECK_MESSAGE(scenarios::outcome_of(*last) == "value last", "terminate() after join() must do nothing.");
}
