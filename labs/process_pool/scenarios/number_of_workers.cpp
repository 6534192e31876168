// make_pool: the number of workers, its default, and arguments that make no sense.
#include <thread>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(number_of_workers) {
  const int by_default = process_pool::make_pool()->workers();
  const bool is_core_count = by_default == racecourse::core_count() ||
                             by_default == static_cast<int>(std::thread::hardware_concurrency());
  CHECK_MESSAGE(is_core_count, "make_pool() must make one worker for each core.");

  const int asked = static_cast<int>(racecourse::inputs().between(1, 5));
  CHECK_MESSAGE(process_pool::make_pool(asked)->workers() == asked,
                "workers() must be the number that was asked for.");

  const std::string outcome =
      scenarios::outcome_of([] { return std::to_string(process_pool::make_pool(-1)->workers()); });
  CHECK_MESSAGE(outcome == "std::invalid_argument", "make_pool(-1) must throw std::invalid_argument.");
}
