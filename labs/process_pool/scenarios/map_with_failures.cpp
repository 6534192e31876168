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
namespace map_with_failures {

using scenarios::milliseconds;

struct Page {
  std::atomic<int> finished{0};
  std::atomic<bool> map_has_ended{false};
  scenarios::Gate six_started;
};
Page* page = nullptr;

// Task 5 fails before task 1, whose failure counts. While one worker is stuck in task 1, the other gets task
// 6 when the caller has the outcome of task 5.
std::string fail_1_and_5(const std::string& argument) {
  if (argument == "6") page->six_started.open();
  if (argument == "1") (void)page->six_started.pass();
  if (argument == "1" || argument == "5") throw std::runtime_error("task " + argument);
  return argument;
}

// The last task gives a map() that does not wait for it the time to end, and so to be seen.
std::string fail_0_linger_8(const std::string& argument) {
  if (argument == "0") throw std::runtime_error("task 0");
  if (argument == "8")
    scenarios::wait_until([] { return page->map_has_ended.load(); }, [] {}, milliseconds(250));
  ++page->finished;
  return argument;
}

RACECOURSE_SCENARIO(map_with_failures) {
  page = scenarios::make_shared<Page>();
  const std::vector<std::string> arguments = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
  const auto pool = process_pool::make_pool(2);
  const auto outcome_of_map = [&](process_pool::Task task) {
    return scenarios::outcome_of([&] { return std::to_string(pool->map(task, arguments).size()); });
  };
  CHECK_MESSAGE(
      outcome_of_map(fail_1_and_5) == "TaskFailed task 1",
      "When tasks 1 and 5 fail, map() must throw the failure of task 1, although that of task 5 came first.");
  const std::string outcome = outcome_of_map(fail_0_linger_8);
  const bool all_finished = page->finished == 8;
  page->map_has_ended = true;
  CHECK_MESSAGE(outcome == "TaskFailed task 0", "map() must throw what the failed task threw.");
  CHECK_MESSAGE(all_finished, "map() must not throw before all its tasks are finished.");
  const auto echo = [](const std::string& argument) { return argument; };
  CHECK_MESSAGE((scenarios::sorted_map(*pool, echo, arguments) == arguments),
                "After a map() that failed the next one must work.");
}

}  // namespace map_with_failures
}  // namespace
