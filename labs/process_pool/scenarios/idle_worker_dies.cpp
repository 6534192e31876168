// Workers that die without a task: the tasks that come later find others. Writing to a dead worker raises
// SIGPIPE.
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {
namespace idle_worker_dies {

scenarios::Meeting* meeting = nullptr;

std::string pid_of_worker(const std::string&) {
  meeting->attend(2);
  return std::to_string(::getpid());
}
std::string echo(const std::string& argument) { return argument; }

RACECOURSE_SCENARIO(idle_worker_dies) {
  meeting = scenarios::make_shared<scenarios::Meeting>();
  const auto pool = process_pool::make_pool(2);
  const auto one = pool->apply_async(pid_of_worker, "");
  const auto other = pool->apply_async(pid_of_worker, "");
  for (const int worker : {std::stoi(one->get()), std::stoi(other->get())}) {
    const bool in_caller = worker == scenarios::kCaller;
    CHECK_MESSAGE(!in_caller, "Tasks must run in worker processes, not in the caller's.");
    if (in_caller) return;
    ::kill(worker, SIGKILL);
    scenarios::wait_until([&] { return scenarios::is_dead(worker); });
  }
  std::vector<std::string> words;
  for (int i = 0; i < 8; ++i) words.push_back(racecourse::inputs().word(5));
  const bool all_right = scenarios::sorted_map(*pool, echo, words) == scenarios::sorted(words);
  CHECK_MESSAGE(all_right,
                "When workers die that have no task, the tasks that follow must run in new workers.");
}

}  // namespace idle_worker_dies
}  // namespace
