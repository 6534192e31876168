// Tasks that end their own worker: with _exit(0), which looks like success, with another code, and by a
// signal. All other tasks of the same map and of apply_async get their values. One worker, so that it is no
// matter of speed what comes after a death.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

std::atomic<int>* finished = nullptr;

std::string leave_or_echo(const std::string& argument) {
  if (argument == "_exit(0)") scenarios::leave_worker(0);
  if (argument == "_exit(3)") scenarios::leave_worker(3);
  if (argument == "SIGKILL" && ::getpid() != scenarios::kCaller) ::kill(::getpid(), SIGKILL);
  ++*finished;
  return argument;
}

}  // namespace

RACECOURSE_SCENARIO(task_that_exits) {
  finished = scenarios::make_shared<std::atomic<int>>();
  const std::vector<std::string> arguments = {"a", "_exit(0)", "b", "c", "_exit(3)",
                                              "d", "SIGKILL",  "e", "f"};
  const auto pool = process_pool::make_pool(1);
  std::vector<std::unique_ptr<process_pool::AsyncResult>> results;
  for (const std::string& argument : arguments) results.push_back(pool->apply_async(leave_or_echo, argument));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    CAPTURE(arguments[i]);
    const std::string expected = arguments[i].size() == 1 ? "value " + arguments[i] : "WorkerDied";
    CHECK_MESSAGE(
        scenarios::outcome_of(*results[i]) == expected,
        "A task that ends its worker must fail with WorkerDied, and all other tasks must give their values.");
  }
  *finished = 0;
  const std::string outcome =
      scenarios::outcome_of([&] { return std::to_string(pool->map(leave_or_echo, arguments).size()); });
  CHECK_MESSAGE(outcome == "WorkerDied", "map() with a task that ends its worker must throw WorkerDied.");
  const bool others_finished = *finished == 6;
  CHECK_MESSAGE(others_finished, "map() must finish all other tasks when a task ends its worker.");
}
