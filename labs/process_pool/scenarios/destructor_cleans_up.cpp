// The destructor of a pool that nobody closed, with tasks running and waiting, and of one that never had a
// task.
#include <atomic>
#include <string>

#include "footprint.hpp"
#include "process_pool.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace destructor_cleans_up {

struct Page {
  std::atomic<int> started{0};
  scenarios::Gate never;
};
Page* page = nullptr;

std::string get_stuck(const std::string&) {
  ++page->started;
  page->never.pass();
  return "gave up";
}

RACECOURSE_SCENARIO(destructor_cleans_up) {
  page = scenarios::make_shared<Page>();
  const scenarios::Footprint before;
  (void)process_pool::make_pool(3);
  before.check_nothing_left("after the destructor of an idle pool");
  bool stuck = false;
  {
    const auto pool = process_pool::make_pool(2);
    for (int i = 0; i < 4; ++i) (void)pool->apply_async(get_stuck, "");
    const auto last = pool->apply_async(get_stuck, "");
    stuck = scenarios::wait_until([] { return page->started >= 2; }, [&] { (void)last->ready(); });
    // A pool that runs one task after the other starts the second as well, when the first has given up.
    stuck = stuck && !page->never.stayed_shut();
  }
  CHECK_MESSAGE(stuck, "Two workers must start two tasks at once, and apply_async() must wait for neither.");
  if (!stuck) return;
  CHECK_MESSAGE(!page->never.stayed_shut(),
                "The destructor must not wait for unfinished tasks: it ends them.");
  before.check_nothing_left("after the destructor of a busy pool");
}

}  // namespace destructor_cleans_up
}  // namespace
