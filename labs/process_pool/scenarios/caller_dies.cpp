// The caller is killed while both its workers are busy: each must end as soon as its own task is over,
// although the other is still busy and may hold copies of its descriptors. The caller here is a process that
// the scenario forks for the purpose; it does so twice, and lets the older and then the younger worker finish
// first.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

// Less than the tasks' patience: the other worker must be busy still.
constexpr scenarios::milliseconds kWorkerEnding{1'500};

struct Page {
  std::atomic<int> caller{0};
  std::array<std::atomic<int>, 2> workers{};
  std::array<scenarios::Gate, 2> gates;
};
Page* page = nullptr;

std::string stay_busy(const std::string& argument) {
  const std::size_t place = argument == "0" ? 0 : 1;
  page->workers[place] = ::getpid();
  if (page->workers[place] == page->caller) return "it should not be here";
  page->gates[place].pass();
  return "nobody wants it any more";
}

bool both_are_busy() { return page->workers[0] != 0 && page->workers[1] != 0; }

[[noreturn]] void be_a_caller() {
  page->caller = ::getpid();
  try {
    const auto pool = process_pool::make_pool(2);
    const auto one = pool->apply_async(stay_busy, "0");
    const auto other = pool->apply_async(stay_busy, "1");
    scenarios::wait_until(both_are_busy, [&] { (void)(one->ready() && other->ready()); });
    ::kill(::getpid(), SIGKILL);
  } catch (...) {
  }
  ::_exit(1);
}

// False if something was wrong.
bool check(bool older_first) {
  page = scenarios::make_shared<Page>();
  const int caller = ::fork();
  if (caller == 0) be_a_caller();
  ::waitpid(caller, nullptr, 0);
  const bool worked = both_are_busy() && page->workers[0] != page->workers[1] && page->workers[0] != caller &&
                      page->workers[1] != caller;
  CHECK_MESSAGE(worked, "A pool of 2 must run 2 tasks in two workers.");
  if (!worked) return false;
  const std::size_t older = page->workers[0] < page->workers[1] ? 0 : 1;
  const std::size_t first = older_first ? older : 1 - older;
  for (const std::size_t place : {first, 1 - first}) {
    const int worker = page->workers[place];
    page->gates[place].open();
    const bool ended =
        scenarios::wait_until([&] { return scenarios::is_dead(worker); }, [] {}, kWorkerEnding);
    racecourse::expect(ended, racecourse::Fault::process_leak,
                       "When the caller dies, each worker must end as soon as its task is over.");
    if (ended) continue;
    for (const int left : {page->workers[0].load(), page->workers[1].load()}) ::kill(left, SIGKILL);
    return false;
  }
  return true;
}

}  // namespace

RACECOURSE_SCENARIO(caller_dies) {
  if (check(true)) check(false);
}
