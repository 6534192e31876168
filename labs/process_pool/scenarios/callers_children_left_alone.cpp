// The caller has children of its own, one that has ended, one that ends while the pool works, and one that
// lives: the pool waits for its workers only.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "footprint.hpp"
#include "helper_process.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string in_worker(const std::string& argument) {
  return ::getpid() == scenarios::kCaller ? "in the caller" : argument + "!";
}

// A child that lives so long.
int fork_child(scenarios::milliseconds life) {
  return scenarios::fork_helper([life] {
    scenarios::sleep_for(life);
    return 7;
  });
}

void check_ended(int child) {
  int status = 0;
  const bool kept = ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7;
  CHECK_MESSAGE(
      kept,
      "The pool must wait for its own workers only: the caller could not wait for its own child any more.");
}

}  // namespace

RACECOURSE_SCENARIO(callers_children_left_alone) {
  const int ended = fork_child(scenarios::milliseconds(0));
  const int living = fork_child(2 * scenarios::kPatience);
  scenarios::wait_until([&] { return scenarios::is_dead(ended); });

  const auto pool = process_pool::make_pool(2);
  const auto check_task = [&] {
    CHECK_MESSAGE(scenarios::outcome_of(*pool->apply_async(in_worker, "x")) == "value x!",
                  "A simple task must run in a worker and give its value.");
  };
  check_task();
  const int ending = fork_child(scenarios::milliseconds(0));
  scenarios::wait_until([&] { return scenarios::is_dead(ending); });
  check_task();
  pool->close();
  pool->join();
  process_pool::make_pool(1)->terminate();

  const bool was_alive = !scenarios::is_dead(living);
  CHECK_MESSAGE(was_alive, "The pool must neither end the caller's own child nor wait for it.");
  ::kill(living, SIGKILL);
  ::waitpid(living, nullptr, 0);
  check_ended(ended);
  check_ended(ending);
}
