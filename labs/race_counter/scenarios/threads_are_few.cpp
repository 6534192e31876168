// Goal: a call creates at most `threads` threads, however many jobs there are. Method: counts the kernel's
// thread numbers, which do not come again so soon.
#include <sys/syscall.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(threads_are_few) {
  const auto threads = static_cast<std::size_t>(racecourse::inputs().between(2, 4));
  std::vector<long> numbers(6 * threads, 0);
  race_counter::run_on_threads(threads, numbers.size(), [&](std::size_t job) {
    if (job < numbers.size()) numbers[job] = ::syscall(SYS_gettid);
  });
  std::set<long> distinct(numbers.begin(), numbers.end());
  // Whether every job was called is another scenario's matter, but without a job there is no thread to count.
  distinct.erase(0);
  CHECK_MESSAGE(!distinct.empty(), "No job was called.");
  CHECK_MESSAGE((distinct.size() <= threads),
                "There were six times as many jobs as threads, and more than `threads` threads worked: a "
                "thread must take "
                "one job after another, not one only.");
}
