// map when tasks fail: all tasks are finished first, then the failure that stands first in the arguments is
// thrown, even where another task failed earlier in time.
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

using scenarios::milliseconds;

struct Page {
  std::atomic<int> finished{0};
  scenarios::Gate five_failed;
};
Page* page = nullptr;

// Task 5 fails before task 1, whose failure counts.
std::string fail_1_and_5(const std::string& argument) {
  if (argument == "5") {
    page->five_failed.open();
    throw std::runtime_error("task 5");
  }
  if (argument == "1") {
    page->five_failed.pass();
    scenarios::sleep_for(milliseconds(20));  // Time for the failure of task 5 to arrive.
    throw std::runtime_error("task 1");
  }
  return argument;
}

std::string fail_0_sleep_else(const std::string& argument) {
  if (argument != "0") scenarios::sleep_for(milliseconds(15));
  ++page->finished;
  if (argument == "0") throw std::runtime_error("task 0");
  return argument;
}

}  // namespace

RACECOURSE_SCENARIO(map_with_failures) {
  page = scenarios::make_shared<Page>();
  const std::vector<std::string> arguments = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
  const auto pool = process_pool::make_pool(3);
  const auto outcome_of_map = [&](process_pool::Task task) {
    return scenarios::outcome_of([&] { return std::to_string(pool->map(task, arguments).size()); });
  };
  CHECK_MESSAGE(
      outcome_of_map(fail_1_and_5) == "TaskFailed task 1",
      "When tasks 1 and 5 fail, map() must throw the failure of task 1, although that of task 5 came first.");
  const std::string outcome = outcome_of_map(fail_0_sleep_else);
  const bool all_finished = page->finished == 9;
  CHECK_MESSAGE(outcome == "TaskFailed task 0", "map() must throw what the failed task threw.");
  CHECK_MESSAGE(all_finished, "map() must not throw before all its tasks are finished.");
  const auto echo = [](const std::string& argument) { return argument; };
  CHECK_MESSAGE((scenarios::sorted_map(*pool, echo, arguments) == arguments),
                "After a map() that failed the next one must work.");
}
