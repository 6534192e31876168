// A pool of two keeps its strength: after five deaths two tasks still run at the same time, and
// nothing of the dead ones is left in the end.
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace dead_workers_are_replaced {

scenarios::Meeting* meeting = nullptr;

std::string leave(const std::string&) { scenarios::leave_worker(1); }
std::string meet(const std::string&) { return meeting->attend(2) ? "met" : "alone"; }

RACECOURSE_SCENARIO(dead_workers_are_replaced) {
  meeting = scenarios::make_shared<scenarios::Meeting>();
  const scenarios::Footprint before;
  auto pool = process_pool::make_pool(2);
  for (int i = 0; i < 5; ++i)
    CHECK_MESSAGE(scenarios::outcome_of(*pool->apply_async(leave, "")) == "WorkerDied",
                  "Each task that ends its worker must fail with WorkerDied.");
  const auto one = pool->apply_async(meet, "");
  const auto other = pool->apply_async(meet, "");
  const bool both_met = one->get() == "met" && other->get() == "met";
  CHECK_MESSAGE(both_met,
                "Dead workers must be replaced: a pool of 2 must run 2 tasks at the same time, always.");
  pool.reset();
  before.check_nothing_left("when a pool is gone whose workers have died");
}

}  // namespace dead_workers_are_replaced
}  // namespace
