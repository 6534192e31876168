// What became of a call, as a word that can be compared: exceptions are demands of this lab, not accidents.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "process_pool.hpp"

namespace scenarios {

// The process that runs the scenario.
inline const int kCaller = ::getpid();

// Ends the worker that runs the calling task. In the caller's process, where no task belongs, it throws
// instead, so that a pool without processes fails by what it does and not by the end of the scenario.
[[noreturn]] inline void leave_worker(int code) {
  if (::getpid() == kCaller) throw std::runtime_error("the task runs in the caller's process");
  ::_exit(code);
}

// `task`, but only in a worker: what is worth a point there is worth none in the caller's process.
template <process_pool::Task task>
std::string in_worker(const std::string& argument) {
  if (::getpid() == kCaller) throw std::runtime_error("the task runs in the caller's process");
  return task(argument);
}

// "value …", "TaskFailed …", or the name of what else `call` threw. Texts that a student may choose are left
// out.
template <class Call>
std::string outcome_of(Call call) {
  try {
    return "value " + std::string(call());
  } catch (const process_pool::TaskFailed& error) {
    return std::string("TaskFailed ") + error.what();
  } catch (const process_pool::WorkerDied&) {
    return "WorkerDied";
  } catch (const process_pool::PoolTerminated&) {
    return "PoolTerminated";
  } catch (const process_pool::PoolClosed&) {
    return "PoolClosed";
  } catch (const std::invalid_argument&) {
    return "std::invalid_argument";
  } catch (const std::system_error&) {
    return "std::system_error";
  } catch (const std::logic_error&) {
    return "std::logic_error";
  } catch (...) {
    return "another exception";
  }
}

inline std::string outcome_of(process_pool::AsyncResult& result) {
  return outcome_of([&] { return result.get(); });
}

// The outcomes of all these results in sorted order, for scenarios that are not about whose result is whose:
// each demand is judged in one place.
inline std::vector<std::string> sorted_outcomes(
    const std::vector<std::unique_ptr<process_pool::AsyncResult>>& results) {
  std::vector<std::string> outcomes;
  for (const auto& result : results) outcomes.push_back(outcome_of(*result));
  std::sort(outcomes.begin(), outcomes.end());
  return outcomes;
}

// The values of map in sorted order, for scenarios that are not about the order. If map throws, one word says
// what.
inline std::vector<std::string> sorted_map(process_pool::Pool& pool, process_pool::Task task,
                                           const std::vector<std::string>& arguments) {
  std::vector<std::string> values;
  const std::string outcome = outcome_of([&] {
    values = pool.map(task, arguments);
    return "";
  });
  if (outcome != "value ") return {outcome};
  std::sort(values.begin(), values.end());
  return values;
}

inline std::vector<std::string> sorted(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace scenarios
