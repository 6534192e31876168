// Goal: of several failed jobs the one with the smallest number is reported, not the one that failed first.
// Method: job 0 fails only after job 1's thread has gone on to job 2, so after job 1 has failed.
#include <atomic>
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
  const auto jobs = static_cast<std::size_t>(racecourse::inputs().between(4, 9));
  std::atomic<std::size_t> begun{0};
  const std::string late = reported(2, jobs, [&](std::size_t job) {
    begun.fetch_add(1);
    // The other thread can begin the rest only one after the other, each after the one before has ended.
    if (job == 0) crowd::await([&] { return begun.load() >= jobs; });
    throw std::runtime_error(std::to_string(job));
  });
  CHECK_MESSAGE(late == "0",
                "All jobs failed, job 0 last of all: run_on_threads must throw the exception of job 0.");

  // One thread, so that the smallest is also the first in time.
  const auto smallest = static_cast<std::size_t>(racecourse::inputs().between(1, 3));
  const std::string early = reported(1, jobs, [&](std::size_t job) {
    if (job >= smallest) throw std::runtime_error(std::to_string(job));
  });
  CHECK_MESSAGE(
      early == std::to_string(smallest),
      "Several jobs failed: run_on_threads must throw the exception of the one with the smallest number.");
}
