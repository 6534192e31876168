// A worker that ends runs none of the caller's atexit functions and does not write what stood in the caller's
// buffers.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace {

std::atomic<int>* exits = nullptr;

std::string process_of_task(const std::string&) { return std::to_string(::getpid()); }
void count_exit_of_worker() {
  if (::getpid() != scenarios::kCaller) ++*exits;
}

}  // namespace

RACECOURSE_SCENARIO(workers_leave_quietly) {
  exits = scenarios::make_shared<std::atomic<int>>();
  std::atexit(count_exit_of_worker);
  FILE* const file = ::fdopen(::memfd_create("buffered", MFD_CLOEXEC), "w");
  REQUIRE(file != nullptr);
  std::fputs("once", file);

  const auto pool = process_pool::make_pool(3);
  const std::vector<std::string> pids = pool->map(process_of_task, {"a", "b", "c", "d"});
  const bool have_worked = std::none_of(pids.begin(), pids.end(), [](const std::string& pid) {
    return pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos ||
           std::stol(pid) == scenarios::kCaller;
  });
  CHECK_MESSAGE(have_worked,
                "Workers that can leave must have worked: a task was not run by a process of its own.");
  pool->close();
  pool->join();
  // Whether join() waits for them is judged elsewhere; here they must have gone.
  scenarios::wait_until([] {
    const auto children = racecourse::child_processes();
    return std::all_of(children.begin(), children.end(), [](const auto& child) { return child.zombie; });
  });

  std::fflush(file);
  struct stat status {};
  ::fstat(::fileno(file), &status);
  std::fclose(file);
  const bool ran_exit_functions = *exits != 0;
  CHECK_MESSAGE(!ran_exit_functions, "A worker must leave without running the caller's atexit functions.");
  const bool flushed_once = status.st_size == 4;
  CHECK_MESSAGE(flushed_once, "A worker must leave without flushing what the caller has buffered.");
}
