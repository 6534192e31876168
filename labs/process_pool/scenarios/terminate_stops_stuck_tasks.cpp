// terminate() while every worker is stuck in a task that ignores SIGTERM, and more tasks wait for a worker.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "footprint.hpp"
#include "process_pool.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace terminate_stops_stuck_tasks {

struct Page {
  std::atomic<int> started{0};
  scenarios::Gate never;
};
Page* page = nullptr;

std::string ignore_sigterm(const std::string&) {
  ::signal(SIGTERM, SIG_IGN);
  ++page->started;
  page->never.pass();
  return "gave up";
}

RACECOURSE_SCENARIO(terminate_stops_stuck_tasks) {
  page = scenarios::make_shared<Page>();
  const scenarios::Footprint before;
  const auto pool = process_pool::make_pool(2);
  std::vector<std::unique_ptr<process_pool::AsyncResult>> results;
  for (int i = 0; i < 10; ++i) results.push_back(pool->apply_async(ignore_sigterm, ""));
  const bool both_started =
      scenarios::wait_until([&] { return page->started >= 2; }, [&] { (void)results[0]->ready(); });
  // The first task must be stuck still: a pool that runs one task after the other starts the second as well.
  const bool stuck = both_started && !page->never.stayed_shut();
  CHECK_MESSAGE(stuck, "Two workers must start two tasks at once, and apply_async() must wait for neither.");
  if (!stuck) return;
  pool->terminate();
  const bool waited = page->never.stayed_shut();
  CHECK_MESSAGE(!waited, "terminate() must end the workers at once, even where a task ignores SIGTERM.");
  const bool more_started = page->started > 2;
  if (!waited) CHECK_MESSAGE(!more_started, "After terminate() no further task may start.");
  before.check_nothing_left("after terminate()");
  pool->terminate();
  pool->join();
}

}  // namespace terminate_stops_stuck_tasks
}  // namespace
