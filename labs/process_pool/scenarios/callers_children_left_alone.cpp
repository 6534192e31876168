// The caller has children of its own, one that has ended and one that lives: the pool waits for its workers
// only.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string echo(const std::string& argument) { return argument; }

int fork_child(bool ends_at_once) {
  const int pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // It must not outlive a scenario that ends early.
    if (!ends_at_once) scenarios::sleep_for(2 * scenarios::kPatience);
    ::_exit(7);
  }
  return pid;
}

}  // namespace

RACECOURSE_SCENARIO(callers_children_left_alone) {
  const int ended = fork_child(true);
  const int living = fork_child(false);
  scenarios::wait_until([&] { return scenarios::is_dead(ended); });

  const auto pool = process_pool::make_pool(2);

  CHECK_MESSAGE(scenarios::outcome_of(*pool->apply_async(echo, "x")) == "value x",
                "A simple task must give its value.");
  pool->close();
  pool->join();
  process_pool::make_pool(1)->terminate();

  int status = 0;
  const bool was_alive = !scenarios::is_dead(living);
  CHECK_MESSAGE(was_alive, "The pool must neither end the caller's own child nor wait for it.");
  ::kill(living, SIGKILL);
  ::waitpid(living, nullptr, 0);
  const bool kept = ::waitpid(ended, &status, 0) == ended && WIFEXITED(status) && WEXITSTATUS(status) == 7;
  CHECK_MESSAGE(
      kept,
      "The pool must wait for its own workers only: the caller could not wait for its own child any more.");
}
