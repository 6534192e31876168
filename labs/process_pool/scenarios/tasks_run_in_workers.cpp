// Who runs the tasks: not the caller's process, and never more processes than the pool has workers.
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "process_pool.hpp"
#include "racecourse/scenario.hpp"

namespace {
namespace tasks_run_in_workers {

int touched = 0;

std::string own_pid(const std::string&) {
  ++touched;
  return std::to_string(::getpid());
}

RACECOURSE_SCENARIO(tasks_run_in_workers) {
  constexpr std::size_t kWorkers = 3;
  const auto pool = process_pool::make_pool(kWorkers);
  std::set<std::string> pids;
  for (int i = 0; i < 6; ++i) pids.insert(pool->apply_async(own_pid, "")->get());
  for (int round = 0; round < 3; ++round)
    for (const std::string& pid : pool->map(own_pid, std::vector<std::string>(10))) pids.insert(pid);
  const bool in_caller = pids.count(std::to_string(::getpid())) != 0 || touched != 0;
  const bool in_nobody = pids.count("") != 0;
  CHECK_MESSAGE(!in_nobody, "A task was not run.");
  CHECK_MESSAGE(!in_caller, "Tasks must run in worker processes, not in the caller's.");
  const bool too_many = pids.size() > kWorkers;
  CHECK_MESSAGE(!too_many,
                "Workers must be used again: a pool of 3 workers ran its tasks in more than 3 processes.");
}

}  // namespace tasks_run_in_workers
}  // namespace
