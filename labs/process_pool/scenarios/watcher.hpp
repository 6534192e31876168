// A process that waits until the caller is asleep in one of the pool's functions, and does something then:
// kills a worker in the middle of a transfer, wakes a stopped one, lets tasks go on. So "in the middle" is an
// event and not a guess at how long the caller takes to get there.
//
// Make it before the pool, so that it inherits none of its descriptors; what it is to act on is told through
// shared memory. The caller sets `begun` right before the call that it will sleep in. A caller that spins
// instead is not wrong for that: after a second the watcher acts all the same.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>

#include "footprint.hpp"
#include "helper_process.hpp"
#include "outcomes.hpp"
#include "shared_page.hpp"

namespace scenarios {

// Whether each thread of the caller sleeps. One look may fall between two steps, hence a few in a row.
inline bool caller_sleeps() {
  const std::string tasks = "/proc/" + std::to_string(kCaller) + "/task";
  for (int look = 0; look < 3; ++look) {
    std::error_code error;
    std::filesystem::directory_iterator thread(tasks, error);
    for (; !error && thread != std::filesystem::directory_iterator(); thread.increment(error))
      if (state_in(thread->path().string() + "/stat") != 'S') return false;
    if (error) return false;
    sleep_for(milliseconds(1));
  }
  return true;
}

class Watcher {
 public:
  template <class Action>
  Watcher(const std::atomic<bool>& begun, Action action)
      : pid_(fork_helper([&] {
          const auto nothing = [] {};
          if (wait_until([&] { return begun.load(); }, nothing, 2 * kPatience)) {
            wait_until(caller_sleeps, nothing, milliseconds(1'000));
            action();
          }
          return 0;
        })) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

}  // namespace scenarios
