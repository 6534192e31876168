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

// Two finished, one running and one waiting task of a pool with one worker.
Results fill(process_pool::Pool& pool) {
  page->started = false;
  Results results;
  for (const process_pool::Task task : {echo, fail, get_stuck, get_stuck})
    results.push_back(pool.apply_async(task, "x"));
  const auto two_are_known = [&] { return results[0]->ready() && results[1]->ready(); };
  (void)scenarios::wait_until([&] { return two_are_known() && page->started; },
                              [&] { (void)results[2]->ready(); });
  return results;
}

void check(const Results& results, const std::string& when) {
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

}  // namespace

RACECOURSE_SCENARIO(results_outlive_pool) {
  page = scenarios::make_shared<Page>();
  auto pool = process_pool::make_pool(1);
  const Results terminated = fill(*pool);
  pool->terminate();
  check(terminated, "after terminate()");
  pool.reset();
  check(terminated, "after the destructor");

  pool = process_pool::make_pool(1);
  const Results destroyed = fill(*pool);
  pool.reset();
  check(destroyed, "after the destructor alone");
}
