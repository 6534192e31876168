// close() and join(): all tasks are run, also those whose results nobody wants, and nothing of the pool is
// left.
#include <atomic>
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"
#include "watcher.hpp"

namespace {
namespace join_finishes_everything {

struct Page {
  std::atomic<bool> joining{false};
  std::atomic<int> finished{0};
  scenarios::Gate gate;
};
Page* page = nullptr;

std::string wait_at_gate(const std::string& argument) {
  (void)page->gate.pass();
  ++page->finished;
  return argument;
}

RACECOURSE_SCENARIO(join_finishes_everything) {
  constexpr int kTasks = 25;
  page = scenarios::make_shared<Page>();
  // No task ends before join() waits.
  const scenarios::Watcher watcher(page->joining, [] { page->gate.open(); });
  const scenarios::Footprint before;
  const auto pool = process_pool::make_pool(3);
  for (int i = 1; i < kTasks; ++i) (void)pool->apply_async(scenarios::in_worker<wait_at_gate>, "x");
  const auto last = pool->apply_async(scenarios::in_worker<wait_at_gate>, "x");
  pool->close();
  page->joining = true;
  pool->join();
  const bool all_finished = page->finished == kTasks;
  CHECK_MESSAGE(all_finished, "join() must return only when all tasks are finished.");
  if (!all_finished) return;
  before.check_nothing_left("after join()");
  CHECK_MESSAGE(last->ready(), "After join() every result must be ready.");
  CHECK_MESSAGE(scenarios::outcome_of(*last) == "value x",
                "After join() a result must still give its value.");
  pool->join();
  pool->terminate();
  pool->close();
  CHECK_MESSAGE(scenarios::outcome_of(*last) == "value x", "terminate() after join() must do nothing.");
}

}  // namespace join_finishes_everything
}  // namespace
