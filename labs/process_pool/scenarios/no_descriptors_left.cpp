// make_pool when the system has only so many descriptors left, from none to enough for most designs, so that
// it is refused before the first worker, between two workers, and in the middle of one. Either it throws
// std::system_error and leaves nothing behind, or it makes a pool that works when there are descriptors
// again.
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {
namespace no_descriptors_left {

constexpr int kWorkers = 3;
constexpr std::size_t kSpareMax = 14;

std::string in_worker(const std::string& argument) {
  return ::getpid() == scenarios::kCaller ? "in the caller" : argument + "!";
}

// Takes all descriptors but `spare` as long as it lives.
class Shortage {
 public:
  explicit Shortage(std::size_t spare) {
    ::getrlimit(RLIMIT_NOFILE, &limit_);
    const rlimit small{64, limit_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &small);
    for (int fd = ::dup(2); fd >= 0; fd = ::dup(2)) fillers_.push_back(fd);
    for (; spare > 0 && !fillers_.empty(); --spare) {
      ::close(fillers_.back());
      fillers_.pop_back();
    }
  }
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;
  ~Shortage() {
    for (const int fd : fillers_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &limit_);
  }

 private:
  rlimit limit_{};
  std::vector<int> fillers_;
};

// False if something was wrong. Stops there: what is left behind would be found again and again.
bool check_with(std::size_t spare) {
  const scenarios::Footprint before;
  std::unique_ptr<process_pool::Pool> pool;
  const std::string outcome = scenarios::outcome_of([&] {
    const Shortage shortage(spare);
    pool = process_pool::make_pool(kWorkers);
    return "a pool";
  });
  const std::vector<std::string> words = {"a", "b", "c", "d"};
  const std::vector<std::string> expected = {"a!", "b!", "c!", "d!"};
  const bool right =
      pool ? scenarios::sorted_map(*pool, in_worker, words) == expected : outcome == "std::system_error";
  if (pool) pool->terminate();
  pool.reset();
  CHECK_MESSAGE(right,
                "When the system refuses a descriptor, make_pool() must throw std::system_error, or make a "
                "pool that works all the same.");
  return right && before.check_nothing_left("after make_pool() was refused a descriptor");
}

RACECOURSE_SCENARIO(no_descriptors_left) {
  for (std::size_t spare = 0; spare <= kSpareMax; ++spare)
    if (!check_with(spare)) return;
}

}  // namespace no_descriptors_left
}  // namespace
