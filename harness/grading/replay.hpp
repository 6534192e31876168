// replay_schedule: one recorded schedule of a submission, run again in processes of its own.
//
// A token means something only to the build it came from: the same files, compiler and lab. Thread-safe.
#pragma once

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

// A submission built for schedules, once for all of its tokens.
struct ReplayBuild {
  ScratchDirectory scratch;
  std::vector<Finding> findings;  // Why it could not be built.
};
// Errors (environment): the machine failed.
[[nodiscard]] Result<ReplayBuild> build_for_replay(const LabFiles& files, const Lab& lab,
                                                   const Examiner& examiner);

// Errors (environment): the machine failed. `scenario` is of `lab`, and schedules is one of its instruments;
// `build` is of the same files.
[[nodiscard]] Result<ReplayReport> replay_schedule(const ReplayBuild& build, const LabFiles& files,
                                                   const Lab& lab, const Scenario& scenario,
                                                   const std::string& token, const Examiner& examiner);

// The command that stops in gdb at the steps of the schedule's story. It needs the build as long as it runs.
[[nodiscard]] std::vector<std::string> debug_command(const ReplayBuild& build, const Lab& lab,
                                                     const Scenario& scenario, const std::string& token,
                                                     const Examiner& examiner);

}  // namespace racecourse
