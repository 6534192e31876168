// Processes of the scenario itself, beside those of the pool.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace scenarios {

// Runs `action` in a new process, which ends with the number that it returns, and gives the process's number.
// The helper never outlives a scenario that ends early, whichever of the two gets a core first: else it would
// be taken for a worker that was left behind.
template <class Action>
int fork_helper(Action action) {
  const int caller = ::getpid();
  const int helper = ::fork();
  if (helper != 0) return helper;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != caller) ::_exit(0);  // The caller ended before the line above.
  ::_exit(action());
}

}  // namespace scenarios
