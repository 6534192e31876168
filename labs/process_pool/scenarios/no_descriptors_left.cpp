// make_pool when the system has only three descriptors left: std::system_error and nothing left behind. (A
// pool that gets by with three is welcome.)
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(no_descriptors_left) {
  const scenarios::Footprint before;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit small{64, limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &small);
  std::vector<int> fillers;
  for (int fd = ::dup(2); fd >= 0; fd = ::dup(2)) fillers.push_back(fd);
  for (int i = 0; i < 3 && !fillers.empty(); ++i) {
    ::close(fillers.back());
    fillers.pop_back();
  }
  const std::string outcome = scenarios::outcome_of(
      [] { return process_pool::make_pool(8)->workers() == 8 ? "a pool of 8" : "a smaller pool"; });
  for (const int fd : fillers) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const bool right = outcome == "std::system_error" || outcome == "value a pool of 8";
  CHECK_MESSAGE(right, "make_pool() must throw std::system_error when the system refuses a descriptor.");
  before.check_nothing_left("after make_pool() has failed");
}
