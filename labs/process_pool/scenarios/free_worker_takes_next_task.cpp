// A task that waits for a worker gets the first one that is free: the first task of map cannot finish before
// all the others have, so none of them may be bound to the same worker in advance.
#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "process_pool.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace free_worker_takes_next_task {

constexpr int kTasks = 12;

struct Page {
  std::atomic<int> done{0};
  scenarios::Gate others_done;
};
Page* page = nullptr;

std::string first_waits_for_others(const std::string& argument) {
  if (argument == "first") return page->others_done.pass() ? "after the others" : "gave up";
  if (++page->done == kTasks - 1) page->others_done.open();
  return "done";
}

RACECOURSE_SCENARIO(free_worker_takes_next_task) {
  page = scenarios::make_shared<Page>();
  std::vector<std::string> arguments(kTasks, "other");
  arguments[0] = "first";
  const auto pool = process_pool::make_pool(2);
  const std::vector<std::string> values = pool->map(first_waits_for_others, arguments);
  const bool was_stuck = std::count(values.begin(), values.end(), "after the others") != 1;
  CHECK_MESSAGE(!was_stuck,
                "While one worker is busy with a long task, the free one must take all the other tasks.");
}

}  // namespace free_worker_takes_next_task
}  // namespace
