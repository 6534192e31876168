// Watch: from the moment a program runs until nothing of it is alive. Used by the launcher only;
// single-threaded.
#pragma once

#include <sys/types.h>

#include <chrono>

#include "launch/cgroup.hpp"
#include "launch/disk_use.hpp"
#include "launch/job.hpp"
#include "launch/launch_report.hpp"
#include "launch/pathless_files.hpp"
#include "launch/process_tree.hpp"
#include "launch/throwaway_user.hpp"

namespace racecourse {

// What the program runs in; null where the level has no such thing.
struct Confines {
  const ThrowawayUser* user = nullptr;
  const Cgroup* group = nullptr;
  int init_messages = -1;  // Where init says how the main process ended.
};

class Watch {
 public:
  // `child`: init if confines.init_messages is a descriptor, the main process otherwise. SIGCHLD is blocked
  // and has a handler.
  Watch(const Job& job, pid_t child, const Confines& confines, const DiskUse& disk);

  // Samples the descendants against the limits until the main process has ended or a limit is passed; then
  // ends whatever is left. Afterwards nothing of the program is alive.
  [[nodiscard]] LaunchReport run();

 private:
  using Clock = std::chrono::steady_clock;

  bool main_ended();
  void hear_init();
  void main_ended_with(int wait_status);
  void wait_a_moment();
  void check_limits();
  void charge(const TreeSample& sample);
  void look_for_pathless_files(const TreeSample& sample);
  [[nodiscard]] std::chrono::microseconds charged() const;
  void check_what_the_kernel_saw();
  void end_everything();
  void kill_at_once() const;
  [[nodiscard]] std::chrono::microseconds elapsed() const;

  const Job& job_;
  const pid_t child_;
  const pid_t tree_root_;  // Whose descendants are the program's processes.
  const Confines confines_;
  const DiskUse& disk_;
  const Devices devices_;
  Clock::time_point start_;
  Clock::time_point sampled_;
  std::chrono::milliseconds sample_every_;
  bool first_ = true;
  PathlessFiles pathless_;
  std::size_t samples_until_pathless_ = 0;
  bool prompt_ = false;  // It has asked for prompt turns.
  bool ended_ = false;
  bool no_children_ = false;
  std::chrono::microseconds wall_at_end_{0};
  std::chrono::microseconds cpu_{0};
  std::chrono::microseconds cpu_at_half_{0};
  std::chrono::microseconds wall_at_half_{0};
  std::chrono::microseconds blocked_{0};       // Wall time in which no thread was runnable,
  std::chrono::microseconds runnable_{0};      // wall time in which one was,
  std::chrono::microseconds runnable_cpu_{0};  // and the CPU time used meanwhile.
  LaunchReport report_;
};

}  // namespace racecourse
