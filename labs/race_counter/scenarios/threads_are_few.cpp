// Goal: a call creates at most `threads` threads, however many jobs there are. Method: counts the threads'
// numbers, which do not come again, in every interleaving.
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <set>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(threads_are_few) {
  constexpr std::size_t threads = 2;
  std::array<long, 5> numbers{};
  race_counter::run_on_threads(threads, numbers.size(), [&](std::size_t job) {
    if (job < numbers.size()) numbers[job] = ::syscall(SYS_gettid);
  });
  std::set<long> distinct(numbers.begin(), numbers.end());
  // Whether every job was called is another scenario's matter, but without a job there is no thread to count.
  distinct.erase(0);
  CHECK_MESSAGE(!distinct.empty(), "No job was called.");
  CHECK_MESSAGE(
      (distinct.size() <= threads),
      "There were more jobs than threads, and more than `threads` threads worked: a thread must take "
      "one job after another, not one only.");
}
