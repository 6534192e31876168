// Goal: when run_on_threads returns, its jobs have ended and its threads are gone. Method: each thread counts
// itself out in its last moment, the destructor of a thread_local. In some interleaving a thread that was not
// joined has not come to that when the caller goes on.
#include <atomic>
#include <memory>
#include <thread>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

struct Attendance {
  std::atomic<int> jobs_ended{0};
  std::atomic<int> threads_begun{0};
  std::atomic<int> threads_gone{0};
};

// Shares what it counts in: a thread that is not joined may outlive the scenario.
struct LastMoment {
  ~LastMoment() {
    if (attendance) attendance->threads_gone.fetch_add(1);
  }
  std::shared_ptr<Attendance> attendance;
};

}  // namespace

RACECOURSE_SCENARIO(threads_are_joined) {
  constexpr int kThreads = 2;
  const auto attendance = std::make_shared<Attendance>();
  const std::thread::id caller = std::this_thread::get_id();
  race_counter::run_on_threads(kThreads, kThreads, [attendance, caller](std::size_t) {
    thread_local LastMoment last_moment;
    if (std::this_thread::get_id() != caller && !last_moment.attendance) {
      last_moment.attendance = attendance;
      attendance->threads_begun.fetch_add(1);
    }
    attendance->jobs_ended.fetch_add(1);
  });
  const int left = attendance->threads_begun.load() - attendance->threads_gone.load();
  if (racecourse::expect(attendance->jobs_ended.load() >= kThreads, racecourse::Fault::thread_leak,
                         "run_on_threads returned before all jobs had ended."))
    racecourse::expect(left == 0, racecourse::Fault::thread_leak,
                       "run_on_threads returned, all jobs had ended, but a thread of it was still running: "
                       "it was not joined.");
}
