// Results after terminate() and after the pool itself is gone: what was finished stays, the rest is
// PoolTerminated.
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace results_outlive_pool {

struct Page {
  std::atomic<bool> started{false};
  scenarios::Gate never;
};
Page* page = nullptr;

std::string echo(const std::string& argument) { return argument; }
std::string fail(const std::string& argument) { throw std::runtime_error(argument); }

std::string get_stuck(const std::string&) {
  page->started = true;
  page->never.pass();
  return "gave up";
}

using Results = std::vector<std::unique_ptr<process_pool::AsyncResult>>;

// Two finished, one running and one waiting task of a pool with one worker. Empty if it did not come to that.
Results fill(process_pool::Pool& pool) {
  page->started = false;
  Results results;
  for (const process_pool::Task task : {echo, fail, get_stuck, get_stuck})
    results.push_back(pool.apply_async(task, "x"));
  results[0]->wait();
  results[1]->wait();
  (void)scenarios::wait_until([&] { return page->started.load(); },
                              [&] { (void)results[2]->wait_for(scenarios::milliseconds(1)); });
  // Otherwise nothing is unfinished now, and there is nothing to see here.
  const bool stuck = page->started && !page->never.stayed_shut();
  CHECK_MESSAGE(stuck,
                "A worker must take one task after the other, and apply_async() must not wait for them.");
  if (!stuck) results.clear();
  return results;
}

void check(const Results& results, const std::string& when) {
  if (results.empty()) return;
  CAPTURE(when);
  CHECK_MESSAGE(scenarios::outcome_of(*results[0]) == "value x", "A value that had arrived must stay.");
  CHECK_MESSAGE(scenarios::outcome_of(*results[1]) == "TaskFailed x",
                "A failure that had arrived must stay.");

  for (const std::size_t unfinished : {2u, 3u}) {
    results[unfinished]->wait();
    CHECK_MESSAGE(results[unfinished]->ready(),
                  "A task of a terminated pool is finished: ready() must be true.");
    CHECK_MESSAGE(scenarios::outcome_of(*results[unfinished]) == "PoolTerminated",
                  "get() of a task that the end of the pool cut off must throw PoolTerminated.");
  }
}

RACECOURSE_SCENARIO(results_outlive_pool) {
  page = scenarios::make_shared<Page>();
  auto pool = process_pool::make_pool(1);
  const Results terminated = fill(*pool);
  if (terminated.empty()) return;
  pool->terminate();
  if (page->never.stayed_shut()) return;  // terminate() has waited for the tasks, which is judged elsewhere.
  check(terminated, "after terminate()");
  pool.reset();
  check(terminated, "after the destructor");

  pool = process_pool::make_pool(1);
  const Results destroyed = fill(*pool);
  pool.reset();
  check(destroyed, "after the destructor alone");
}

}  // namespace results_outlive_pool
}  // namespace
