// A worker dies while a long result, then a long argument, is on its way. What arrives is the whole value or
// WorkerDied.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"
#include "watcher.hpp"

namespace {
namespace worker_dies_in_transfer {

constexpr std::size_t kLong = 4u << 20;  // More than any pipe or socket holds by itself.

struct Page {
  std::atomic<int> worker{0};
  std::atomic<bool> returning{false};
  std::atomic<int> stopped_worker{0};
  std::atomic<bool> telling{false};
  scenarios::Gate gate;
};
Page* page = nullptr;

std::string long_result(const std::string&) {
  page->worker = ::getpid();
  page->gate.pass();
  std::string out(kLong, 'r');
  page->returning = true;
  return out;
}
std::string own_pid(const std::string&) { return std::to_string(::getpid()); }
std::string count(const std::string& argument) { return std::to_string(argument.size()); }

// False if something was wrong.
bool kill_while_it_replies() {
  const auto pool = process_pool::make_pool(1);
  const auto result = pool->apply_async(long_result, "");
  const bool started =
      scenarios::wait_until([] { return page->worker != 0; }, [&] { (void)result->ready(); });
  const bool in_worker = started && page->worker != scenarios::kCaller;
  CHECK_MESSAGE(in_worker, "A worker must run a simple task.");
  if (!in_worker) return false;
  page->gate.open();
  // The caller asks for nothing now, so the worker either is stuck writing or has handed everything over.
  scenarios::wait_until([] { return page->returning && scenarios::process_state(page->worker) == 'S'; });
  ::kill(page->worker, SIGKILL);
  const std::string outcome = scenarios::outcome_of(*result);
  const bool right = outcome == "WorkerDied" || outcome == "value " + std::string(kLong, 'r');
  CHECK_MESSAGE(
      right,
      "When a worker dies while it writes its result, get() must throw WorkerDied: a part of a value "
      "must not be taken for the value.");
  return right;
}

void kill_while_it_is_told() {
  // A stopped worker reads nothing: when the caller sleeps, as much of the argument is under way as there is
  // room for.
  const scenarios::Watcher watcher(page->telling, [] { ::kill(page->stopped_worker, SIGKILL); });
  const auto pool = process_pool::make_pool(1);
  page->stopped_worker = std::stoi(pool->apply_async(own_pid, "")->get());
  if (page->stopped_worker == scenarios::kCaller) return;
  ::kill(page->stopped_worker, SIGSTOP);
  const std::string argument(kLong, 'a');
  page->telling = true;
  const auto result = pool->apply_async(count, argument);
  const std::string outcome = scenarios::outcome_of(*result);
  const bool right = outcome == "WorkerDied" || outcome == "value " + std::to_string(kLong);
  CHECK_MESSAGE(
      right,
      "When a worker dies while its argument is being written, the task must fail with WorkerDied or run "
      "in another worker.");
}

RACECOURSE_SCENARIO(worker_dies_in_transfer) {
  page = scenarios::make_shared<Page>();
  if (kill_while_it_replies()) kill_while_it_is_told();
}

}  // namespace worker_dies_in_transfer
}  // namespace
