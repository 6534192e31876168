// What the harness and racecourse-launch agree on: descriptors, steps and one fixed record on a pipe. Shared
// by the programs of one build, so these are plain values and no format.
//
// Actors, and whose rights they have. `harness` (who grades) starts `racecourse-launch`, one a run and
// single-threaded, with its own rights. The launcher starts the program, from sandbox level S3 on through an
// `init` that is process 1 of the program's own namespaces. The program has less: launcher.cpp says what, and
// in which order it is taken away. Descriptors that the launcher starts with:
//   0  /dev/null        1, 2  output pipe       3  event channel (or closed)     4  ThreadSanitizer reports
//   (or closed) 5  its report pipe  6  control: a byte or end-of-file means "kill everything now" (the
//   harness died, or too much output)
// The program below sees 0 to 4 only.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace racecourse {

inline constexpr int kChannelFd = 3;
inline constexpr int kTsanFd = 4;
inline constexpr int kReportFd = 5;
inline constexpr int kControlFd = 6;

// Why the launcher ended the program, if it did.
enum class LaunchLimit : std::uint32_t {
  none,
  wall_blocked,
  wall_spinning,
  starved,  // It was given so little of a core that no verdict follows.
  cpu,
  memory,
  processes,
  disk,
  control
};

// Where a set-up can fail, in order. The program has not started then.
enum class SetupStep : std::uint32_t {
  none,
  arguments,
  user,
  folders,
  cgroup,
  start,
  namespaces,
  private_root,
  session,
  parent_death,
  descriptors,
  limits,
  identity,
  capabilities,
  working_folder,
  no_new_privileges,
  landlock,
  seccomp,
  execute
};
inline constexpr std::array<std::string_view, 19> kSetupStepText = {
    "nothing",
    "read the arguments",
    "find an unused user",
    "hand over the folders",
    "create a cgroup",
    "start a process",
    "enter namespaces",
    "build the program's own view of the files",
    "make a session",
    "tie it to the launcher's life",
    "close descriptors",
    "set the limits that the lab promises (is a hard limit here lower? see ulimit -aH)",
    "become another user",
    "give up capabilities",
    "enter its folder",
    "refuse new privileges",
    "restrict files by Landlock",
    "restrict system calls by seccomp",
    "execute it"};

// What bounds the memory of all processes together; polling does in any case.
enum class MemoryGuard : std::uint32_t { polling, cgroup_v1, cgroup_v2 };

struct LaunchReport {
  std::uint32_t magic = 0;
  SetupStep setup_step = SetupStep::none;  // That failed: `setup_errno` says why.
  std::int32_t setup_errno = 0;
  std::int32_t wait_status = 0;  // As waitpid gives it.
  LaunchLimit limit = LaunchLimit::none;
  std::uint32_t survivors = 0;
  MemoryGuard memory_guard = MemoryGuard::polling;
  std::uint64_t wall_us = 0;
  std::uint64_t charged_us = 0;  // See Watch::charge.
  std::uint64_t cpu_us = 0;
  std::uint64_t memory_peak_bytes = 0;
};

// A program that has not been charged its wall limit after so many times of it is not judged: it was given
// less than a twentieth of a core.
inline constexpr int kWallFactorMax = 20;

inline constexpr std::uint32_t kLaunchReportMagic = 0x52434C33;  // "RCL3"

}  // namespace racecourse
