// Goal: of several failed jobs the one with the smallest number is reported, not the one that failed first.
// Method: job 0 fails only after job 1's thread has gone on to job 2, so after job 1 has failed.
#include <functional>
#include <stdexcept>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string reported(std::size_t threads, std::size_t jobs, const std::function<void(std::size_t)>& job) {
  try {
    race_counter::run_on_threads(threads, jobs, job);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

RACECOURSE_SCENARIO(smallest_failed_job_is_reported) {
  constexpr std::size_t kJobs = 3;
  crowd::Gate begun;
  const std::string late = reported(2, kJobs, [&](std::size_t job) {
    begun.pass();
    // The other thread can begin the rest only one after the other, each after the one before has ended.
    if (job == 0) begun.await(kJobs);
    throw std::runtime_error(std::to_string(job));
  });
  CHECK_MESSAGE(late == "0",
                "All jobs failed, job 0 last of all: run_on_threads must throw the exception of job 0.");

  // One thread, so that the smallest is also the first in time.
  const std::string early = reported(1, kJobs, [&](std::size_t job) {
    if (job >= 1) throw std::runtime_error(std::to_string(job));
  });
  CHECK_MESSAGE(
      early == "1",
      "Several jobs failed: run_on_threads must throw the exception of the one with the smallest number.");
}
