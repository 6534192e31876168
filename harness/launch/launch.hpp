// launch: runs one untrusted program below racecourse-launch and collects what it says and what the kernel
// says of it.
//
// Theory of operation: launch() makes the pipes that launch_report.hpp lists, spawns racecourse-launch with
// the program's limits, visible places and sandbox level on its command line, moves bytes until the launcher
// has reported that nothing of the program is alive, and then reads what is left in the pipes. What the
// launcher does meanwhile, and in which order rights are taken away, stands in launcher.cpp; which level the
// machine can hold is found out by choose_level.hpp.
//
// The only door through which student code and compilers run. Blocks the calling thread until nothing of the
// program is alive; may be called from many threads at once. Knows nothing of labs or points.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "launch/launch_report.hpp"
#include "model/lab.hpp"
#include "model/run_report.hpp"
#include "model/terms.hpp"

namespace racecourse {

// The launcher and how strictly it confines.
struct Launcher {
  std::filesystem::path program;  // build/racecourse-launch
  SandboxLevel level = SandboxLevel::s0;
};

// What the program finds of the file system. From level S1 on there is nothing else for it. Relative paths
// are from the harness's folder; every place keeps its path.
struct Visible {
  std::vector<std::filesystem::path>
      readable;  // Files, and folders with all that is in them; executable too.
  std::vector<std::filesystem::path> writable;  // Folders of this launch alone; what is written there stays.
  // Folders of this launch alone for what nobody reads afterwards; from S3 on they are in memory.
  std::vector<std::filesystem::path> own;
};

// What every program needs: the loader, the libraries, the compiler and the tools that come with the system.
[[nodiscard]] std::vector<std::filesystem::path> system_places();

struct LaunchSpec {
  Launcher launcher;
  Visible visible;
  std::filesystem::path folder;          // Where the program starts; one of the visible.
  std::vector<std::string> command;      // The program's absolute path, then its arguments.
  std::vector<std::string> environment;  // "NAME=value"; nothing else is inherited.
  Limits limits;
  std::size_t output_kept_bytes = 64u << 10;  // Of standard output and error together.
  // Called in the launching thread with each message of the event channel (descriptor 3); the answer, if not
  // empty, is sent back. Without it the program has no channel.
  std::function<std::string(std::string_view)> on_event;
  bool tsan_reports = false;  // Gives the program descriptor 4 and collects what it writes there.
};

struct LaunchOutcome {
  KernelFacts kernel;
  MemoryGuard memory_guard = MemoryGuard::polling;
  std::string output;  // Raw bytes; the beginning and the end where there was more than output_kept_bytes.
  bool output_cut = false;
  std::string tsan_log;     // Raw bytes, at most kTsanLogBytesMax.
  bool events_cut = false;  // More than kChannelBytesMax came over the channel; the rest was dropped.
};

inline constexpr std::size_t kTsanLogBytesMax = 1u << 20;
inline constexpr std::size_t kChannelBytesMax = 4u << 20;

// Errors (environment): the launcher or the program could not be started. Everything the program does is an
// outcome.
[[nodiscard]] Result<LaunchOutcome> launch(const LaunchSpec& spec);

}  // namespace racecourse
