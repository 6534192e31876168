// A task that throws: its get() throws TaskFailed with the same what(), and the worker goes on with the next
// task.
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string own_pid(const std::string&) { return std::to_string(::getpid()); }
std::string throw_runtime_error(const std::string& argument) { throw std::runtime_error(argument); }
std::string throw_out_of_range(const std::string& argument) {
  return std::string(1, argument.at(argument.size() + 1));
}
std::string throw_essay(const std::string& argument) {
  throw std::runtime_error(std::string(std::stoul(argument), 'e'));
}
std::string throw_number(const std::string&) { throw 42; }
std::string throw_nested(const std::string& argument) {
  try {
    throw std::runtime_error("inner");
  } catch (...) {
    std::throw_with_nested(std::logic_error(argument));
  }
}

}  // namespace

RACECOURSE_SCENARIO(exceptions_reach_caller) {
  using scenarios::outcome_of;
  const std::string word = racecourse::inputs().word(10);
  const auto pool = process_pool::make_pool(1);
  const std::string pid = outcome_of(*pool->apply_async(own_pid, ""));

  const auto failed = pool->apply_async(throw_runtime_error, word);
  failed->wait();
  CHECK_MESSAGE(failed->ready(), "A task that threw is finished: ready() must be true.");
  for (int i = 0; i < 2; ++i)
    CHECK_MESSAGE(outcome_of(*failed) == "TaskFailed " + word,
                  "get() must throw TaskFailed with the what() of the task's exception, each time.");
  const bool of_library =
      outcome_of(*pool->apply_async(throw_out_of_range, word)).starts_with("TaskFailed basic_string");
  CHECK_MESSAGE(of_library,
                "An exception of the standard library must arrive as TaskFailed with its what().");
  CHECK_MESSAGE(outcome_of(*pool->apply_async(throw_nested, word)) == "TaskFailed " + word,
                "Of nested exceptions the outermost one counts.");
  CHECK_MESSAGE(outcome_of(*pool->apply_async(throw_runtime_error, "")) == "TaskFailed ",
                "An exception whose what() is empty must arrive as TaskFailed too.");
  CHECK_MESSAGE(outcome_of(*pool->apply_async(throw_number, "")) == "TaskFailed unknown exception",
                "A thrown object that is no std::exception must arrive as TaskFailed \"unknown exception\".");
  const std::string essay = outcome_of(*pool->apply_async(throw_essay, "200000"));
  const bool whole = essay.starts_with("TaskFailed e") && essay.size() == 11 + 200'000 &&
                     essay.find_first_not_of('e', 11) == std::string::npos;
  CHECK_MESSAGE(whole, "A what() of 200000 bytes must arrive whole.");
  if (!whole) return;
  const bool same_worker = outcome_of(*pool->apply_async(own_pid, "")) == pid;
  CHECK_MESSAGE(same_worker, "The worker must survive the exceptions of its tasks.");
}
