// Cgroup: a group of the kernel's for the processes of one run, which bounds their memory and their number
// together. Version 1 and version 2 of the kernel's interface; whichever has the controllers. Used by the
// launcher only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "launch/job.hpp"
#include "launch/launch_report.hpp"

namespace racecourse {

// What the kernel's memory limit lies above the job's. The launcher compares resident memory with the job's
// limit; the group also counts page tables and cached files, so that an equal limit would end programs that
// other levels let be.
inline constexpr std::uint64_t kGroupMemoryExtraBytes = 8u << 20;

class Cgroup {
 public:
  // Makes the group, with its limits. Nothing: errno says why.
  [[nodiscard]] static std::optional<Cgroup> make(const Job& job);
  Cgroup(Cgroup&&) = default;
  Cgroup& operator=(Cgroup&&) = delete;
  ~Cgroup();  // Removes the group. Nothing may live in it any more.

  // Forks a child that is in the group once it has called join(); as fork(). The caller has one thread.
  [[nodiscard]] pid_t fork_child() const;
  [[nodiscard]] bool join() const;  // False: errno says why.
  [[nodiscard]] MemoryGuard guard() const {
    return folder_ ? MemoryGuard::cgroup_v2 : MemoryGuard::cgroup_v1;
  }
  // The kernel ended a process of the group because its memory was used up.
  [[nodiscard]] bool out_of_memory() const;
  // The group asked for more processes than the kernel lets it have.
  [[nodiscard]] bool refused_processes() const;

 private:
  Cgroup() = default;
  [[nodiscard]] bool make_version1(const Job& job, const std::string& memory, const std::string& pids);
  [[nodiscard]] bool make_version2(const Job& job, const std::string& parent);

  std::vector<std::string> folders_;  // One, or one for each controller.
  std::vector<UniqueFd> joins_;       // Version 1: a 0 written here moves the writer.
  UniqueFd folder_;                   // Version 2.
};

}  // namespace racecourse
