// A pool of N workers runs N tasks at the same time: N tasks meet, and none goes on before all are there.
#include <string>
#include <vector>

#include "process_pool.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

constexpr int kWorkers = 4;

scenarios::Meeting* meeting = nullptr;

std::string meet(const std::string&) { return meeting->attend(kWorkers) ? "met" : "alone"; }

}  // namespace

RACECOURSE_SCENARIO(all_workers_at_once) {
  meeting = scenarios::make_shared<scenarios::Meeting>();
  const auto pool = process_pool::make_pool(kWorkers);
  const std::vector<std::string> values = pool->map(meet, std::vector<std::string>(kWorkers));
  const bool all_met = values == std::vector<std::string>(kWorkers, "met");
  CHECK_MESSAGE(all_met, "A pool of 4 workers must run 4 tasks at the same time.");
}
