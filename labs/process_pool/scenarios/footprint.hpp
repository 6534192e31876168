// What the caller's process owns: taken before a pool is made, compared after it has ended. Main thread only.
#pragma once

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "racecourse/scenario.hpp"
#include "shared_page.hpp"

namespace scenarios {

// The state letter of a process or a thread in its file of /proc: 'S' sleeping, 'Z' zombie; 0 if it is gone.
inline char state_in(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  // The name in parentheses may hold anything, so the state is found after the last one.
  const std::size_t close = line.rfind(')');
  return close != std::string::npos && close + 2 < line.size() ? line[close + 2] : '\0';
}

inline char process_state(int pid) { return state_in("/proc/" + std::to_string(pid) + "/stat"); }

inline bool is_dead(int pid) {
  const char state = process_state(pid);
  return state == '\0' || state == 'Z' || state == 'X';
}

// A worker that is just ending gets so long; less than the tasks' patience, so that a stuck one is still
// there.
inline constexpr milliseconds kEnding{1'000};

class Footprint {
 public:
  // `when` completes the sentence of a finding: "after join()". Whether nothing was left.
  bool check_nothing_left(const std::string& when) const {
    using racecourse::Fault;
    bool zombie = false;
    bool alive = false;
    for (const int pid : new_children()) {
      // A worker that is just ending is one that nobody has waited for, so it is given the time to become a
      // zombie: which of the two is found must not depend on speed.
      const bool ended = wait_until([&] { return is_dead(pid); }, [] {}, kEnding);
      (ended ? zombie : alive) = true;
      if (!ended) ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    bool clean = !zombie && !alive;
    racecourse::expect(!zombie, Fault::zombie,
                       "A worker was not waited for with waitpid(): it is a zombie " + when + ".");
    racecourse::expect(!alive, Fault::process_leak, "A worker process still runs " + when + ".");
    const std::vector<int> open = racecourse::open_descriptors();
    clean &=
        racecourse::expect(std::includes(descriptors_.begin(), descriptors_.end(), open.begin(), open.end()),
                           Fault::descriptor_leak, "A descriptor of the pool is still open " + when + ".");
    clean &=
        racecourse::expect(std::includes(open.begin(), open.end(), descriptors_.begin(), descriptors_.end()),
                           Fault::wrong_outcome, "The pool has closed a descriptor that is not its own.");
    // The kernel removes a thread from its list a moment after pthread_join() has returned.
    const bool joined = wait_until([&] { return racecourse::thread_count() <= threads_; });
    clean &= racecourse::expect(joined, Fault::thread_leak, "A thread of the pool still runs " + when + ".");
    return clean;
  }

 private:
  static std::vector<int> children() {
    std::vector<int> pids;
    for (const racecourse::ChildProcess& child : racecourse::child_processes()) pids.push_back(child.pid);
    return pids;
  }
  std::vector<int> new_children() const {
    std::vector<int> pids = children();
    std::erase_if(
        pids, [&](int pid) { return std::find(children_.begin(), children_.end(), pid) != children_.end(); });
    return pids;
  }

  std::vector<int> children_ = children();
  std::vector<int> descriptors_ = racecourse::open_descriptors();
  int threads_ = racecourse::thread_count();
};

}  // namespace scenarios
