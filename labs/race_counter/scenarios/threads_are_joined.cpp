// Goal: when run_on_threads returns, its jobs have ended and its threads are gone. Method: the jobs first,
// then the threads in their last moment (the destructor of a thread_local), linger until the caller goes on.
// A caller that has joined cannot go on before the lingering is given up; one that has not is seen to leave
// threads behind.
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

using std::chrono::milliseconds;

std::atomic<bool> caller_goes_on{false};
std::atomic<int> jobs_ended{0};
std::atomic<int> threads_begun{0};
std::atomic<int> threads_gone{0};
const std::thread::id kCaller = std::this_thread::get_id();

void linger(int turns) {
  while (turns-- > 0 && !caller_goes_on.load()) std::this_thread::sleep_for(milliseconds(10));
}

struct LastMoment {
  LastMoment() { threads_begun.fetch_add(1); }
  ~LastMoment() {
    linger(20);
    threads_gone.fetch_add(1);
  }
  bool seen = false;
};

void job_body(std::size_t) {
  if (std::this_thread::get_id() != kCaller) {
    thread_local LastMoment last_moment;
    last_moment.seen = true;
  }
  linger(10);
  jobs_ended.fetch_add(1);
}

}  // namespace

RACECOURSE_SCENARIO(threads_are_joined) {
  constexpr int kThreads = 3;
  // Static, because a submission that does not join may call it after this function has returned.
  static const std::function<void(std::size_t)> job = job_body;
  race_counter::run_on_threads(kThreads, kThreads, job);
  const int ended = jobs_ended.load();
  const int left = threads_begun.load() - threads_gone.load();
  caller_goes_on.store(true);
  if (racecourse::expect(ended == kThreads, racecourse::Fault::thread_leak,
                         "run_on_threads returned before all jobs had ended."))
    racecourse::expect(left == 0, racecourse::Fault::thread_leak,
                       "run_on_threads returned, all jobs had ended, but a thread of it was still running: "
                       "it was not joined.");
  // Lets the left ones end before the process does, so that what is reported does not depend on who is
  // faster.
  for (int i = 0; i < 200 && (jobs_ended.load() < kThreads || threads_gone.load() < threads_begun.load());
       ++i)
    std::this_thread::sleep_for(milliseconds(5));
}
