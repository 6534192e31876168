// Goal: run_on_threads calls the job once for every number, and the caller sees what the jobs wrote. Method:
// jobs meet in pairs and end at the same instant, so that two threads ask for the next number at the same
// instant; often with a single number left.
#include <atomic>
#include <chrono>
#include <vector>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

enum class Outcome { right, not_called, called_twice, no_such_job, result_missing };

// `meet(job)` runs inside each job. The rest is relaxed: an order that the scenario makes between the threads
// would hide races from ThreadSanitizer.
template <class Meet>
Outcome call_once(std::size_t threads, std::size_t jobs, Meet meet) {
  std::vector<std::atomic<int>> calls(jobs);
  std::vector<std::size_t> results(jobs, 0);
  std::atomic<bool> no_such_job{false};
  race_counter::run_on_threads(threads, jobs, [&](std::size_t job) {
    if (job >= jobs) {
      no_such_job.store(true, std::memory_order_relaxed);
      return;
    }
    calls[job].fetch_add(1, std::memory_order_relaxed);
    results[job] = job + 1;
    meet(job);
  });
  if (no_such_job.load(std::memory_order_relaxed)) return Outcome::no_such_job;
  for (std::size_t job = 0; job < jobs; ++job) {
    const int count = calls[job].load(std::memory_order_relaxed);
    if (count != 1) return count == 0 ? Outcome::not_called : Outcome::called_twice;
    if (results[job] != job + 1) return Outcome::result_missing;
  }
  return Outcome::right;
}

Outcome call_once(std::size_t threads, std::size_t jobs) {
  return call_once(threads, jobs, [](std::size_t) {});
}

// Two threads. Jobs 0 and 1 meet, 2 and 3, and so on; an odd last one meets nobody. `meetings` grows by those
// that came about. After one that did not, nobody waits any more: the threads may not run at once, which is
// another scenario's matter.
Outcome call_in_pairs(std::size_t jobs, int& meetings) {
  std::vector<crowd::Meeting> places(jobs / 2);
  std::atomic<int> met{0};
  std::atomic<bool> alone{false};
  const Outcome outcome = call_once(2, jobs, [&](std::size_t job) {
    if (job / 2 >= places.size() || alone.load()) return;
    if (places[job / 2].attend(std::chrono::milliseconds(200)))
      met.fetch_add(1);
    else
      alone.store(true);
  });
  meetings += met.load() / 2;
  return outcome;
}

// Five threads, all of which have begun a job before any goes on. Returns whether they had.
bool ask_under_tsan(std::size_t jobs) {
  constexpr std::size_t kThreads = 5;
  std::atomic<std::size_t> begun{0};
  std::atomic<bool> alone{false};
  // The race is the finding; whether a job was also called twice this time would be luck.
  (void)call_once(kThreads, jobs, [&](std::size_t) {
    if (begun.fetch_add(1, std::memory_order_relaxed) >= kThreads || alone.load(std::memory_order_relaxed))
      return;
    if (!crowd::await_at_most(std::chrono::milliseconds(500),
                              [&] { return begun.load(std::memory_order_relaxed) >= kThreads; }))
      alone.store(true, std::memory_order_relaxed);
  });
  return !alone.load(std::memory_order_relaxed);
}

bool sums_up(Outcome outcome) {
  CHECK_MESSAGE(outcome != Outcome::not_called, "A job was not called before run_on_threads returned.");
  CHECK_MESSAGE(outcome != Outcome::called_twice, "A job was called more than once.");
  CHECK_MESSAGE(outcome != Outcome::no_such_job,
                "The job was called with a number that is not below `jobs`.");
  CHECK_MESSAGE(outcome != Outcome::result_missing,
                "What a job wrote must be visible when run_on_threads returns.");
  return outcome == Outcome::right;
}

}  // namespace

RACECOURSE_SCENARIO(every_job_once) {
  auto& in = racecourse::inputs();
  if (racecourse::under_tsan()) {
    for (int i = 0; i < 4 && ask_under_tsan(static_cast<std::size_t>(in.between(100, 200))); ++i) {
    }
    return;
  }
  if (!sums_up(call_once(2, 0)) || !sums_up(call_once(1, 7)) || !sums_up(call_once(3, 3)) ||
      !sums_up(call_once(6, 2)))
    return;
  for (int i = 0; i < 12; ++i) {
    const auto threads = static_cast<std::size_t>(in.between(1, 6));
    const auto jobs = static_cast<std::size_t>(in.between(1, 50));
    if (!sums_up(call_once(threads, jobs))) return;
  }
  int meetings = 0;
  if (!sums_up(call_in_pairs(100, meetings)) || meetings == 0) return;
  // Each of these calls has one moment that matters: one number is left, and two threads ask for it.
  constexpr int kMeetingsWanted = 150;
  meetings = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (meetings < kMeetingsWanted && std::chrono::steady_clock::now() < end)
    if (!sums_up(call_in_pairs(3, meetings))) return;
}
