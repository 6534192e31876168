// launch: runs one untrusted program below racecourse-launch and collects what it says and what the kernel
// says of it.
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
#include "model/lab.hpp"
#include "model/run_report.hpp"

namespace racecourse {

struct LaunchSpec {
  std::filesystem::path launcher;        // build/racecourse-launch
  std::filesystem::path folder;          // Where the program starts.
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
