// What the launcher tells the harness: one fixed record on a pipe. Shared by both programs of one build, so
// it is a plain struct and not a format.
//
// Actors:  harness  ->  racecourse-launch (one a run, single-threaded)  ->  the program and all its
// descendants. The launcher is the subreaper of everything below it. Descriptors it starts with:
//   0  /dev/null        1, 2  output pipe       3  event channel (or closed)     4  ThreadSanitizer reports
//   (or closed) 5  its report pipe  6  control: a byte or end-of-file means "kill everything now" (the
//   harness died, or too much output)
// The program below sees 0 to 4 only.
#pragma once

#include <cstdint>

namespace racecourse {

inline constexpr int kChannelFd = 3;
inline constexpr int kTsanFd = 4;
inline constexpr int kReportFd = 5;
inline constexpr int kControlFd = 6;

// Why the launcher ended the program, if it did.
enum class LaunchLimit : std::uint32_t { none, wall_blocked, wall_spinning, cpu, memory, processes, control };

struct LaunchReport {
  std::uint32_t magic = 0;
  // The step of the set-up that failed, 0 for none: the program did not start and `setup_errno` says why.
  std::uint32_t setup_step = 0;
  std::int32_t setup_errno = 0;
  std::int32_t wait_status = 0;  // As waitpid gives it.
  LaunchLimit limit = LaunchLimit::none;
  std::uint32_t survivors = 0;
  std::uint64_t wall_us = 0;
  std::uint64_t cpu_us = 0;
  std::uint64_t memory_peak_bytes = 0;
};

inline constexpr std::uint32_t kLaunchReportMagic = 0x52434C31;  // "RCL1"

}  // namespace racecourse
