// A worker is killed from outside in the middle of its task, while the other worker is busy too.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace killed_worker_fails_its_task {

struct Page {
  std::atomic<int> victim{0};
  std::atomic<int> victim_runs{0};
  std::atomic<bool> other_started{false};
  scenarios::Gate gate;
};
Page* page = nullptr;

std::string be_killed(const std::string&) {
  ++page->victim_runs;
  page->victim = ::getpid();
  return page->gate.pass() ? "went on" : "gave up";
}
std::string wait_at_gate(const std::string& argument) {
  page->other_started = true;
  return page->gate.pass() ? argument : "gave up";
}

RACECOURSE_SCENARIO(killed_worker_fails_its_task) {
  page = scenarios::make_shared<Page>();
  const auto pool = process_pool::make_pool(2);
  const auto victim = pool->apply_async(be_killed, "");
  const auto other = pool->apply_async(wait_at_gate, "other");
  bool started = scenarios::wait_until([&] { return page->victim != 0 && page->other_started; },
                                       [&] { (void)victim->ready(); });
  // A pool that runs one task after the other starts the second as well, when the first has given up.
  started = started && !page->gate.stayed_shut();
  CHECK_MESSAGE(started, "Two workers must start two tasks at once.");
  const bool in_caller = page->victim == scenarios::kCaller;
  CHECK_MESSAGE(!in_caller, "Tasks must run in worker processes, not in the caller's.");
  if (!started || in_caller) return;
  ::kill(page->victim, SIGKILL);
  CHECK_MESSAGE(scenarios::outcome_of(*victim) == "WorkerDied",
                "When its worker is killed, get() of the task must throw WorkerDied.");
  CHECK_MESSAGE(victim->ready(), "The task of a killed worker is finished: ready() must be true.");
  page->gate.open();
  CHECK_MESSAGE(scenarios::outcome_of(*other) == "value other",
                "The death of a worker must not harm another's task.");
  CHECK_MESSAGE(page->victim_runs == 1, "The task of a dead worker must not be run again.");
}

}  // namespace killed_worker_fails_its_task
}  // namespace
