// replay_schedule: one recorded schedule of a submission, run again in processes of its own.
//
// A token means something only to the build it came from: the same files, compiler and lab. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "grading/examine.hpp"

namespace racecourse {

inline constexpr int kReplays = 3;

struct ReplayReport {
  enum class Kind {
    shown,        // It shows what it showed, each time by the same events.
    nothing,      // It can be followed, and nothing is wrong any more.
    other_build,  // The token belongs to other files, another compiler or another lab.
    no_token,
    not_followed,  // It names threads or steps that the execution does not have.
    not_built,     // findings: why the submission could not be built.
    diverged,      // The replays differ: the submission depends on something that is not controlled.
  };
  Kind kind = Kind::no_token;
  std::vector<Finding> findings;
  std::string digest;  // Of every event of the execution; the same for each of the kReplays processes.
};

// Errors (environment): the machine failed. `scenario` is of `lab`, and schedules is one of its instruments.
[[nodiscard]] Result<ReplayReport> replay_schedule(const LabFiles& files, const Lab& lab,
                                                   const Scenario& scenario, const std::string& token,
                                                   const Examiner& examiner);

// The command that stops in gdb at the steps of the schedule's story, and the folder that it needs, which is
// the caller's to keep as long as the command runs. Empty: the submission does not build.
struct DebugCommand {
  ScratchDirectory folder;
  std::vector<std::string> arguments;
};
[[nodiscard]] Result<std::optional<DebugCommand>> debug_command(const LabFiles& files, const Lab& lab,
                                                                const Scenario& scenario,
                                                                const std::string& token,
                                                                const Examiner& examiner);

}  // namespace racecourse
