// The last steps before an untrusted program runs: each takes something away from the child of a fork. Used
// by the launcher only.
#pragma once

#include <sys/types.h>

#include "launch/job.hpp"
#include "launch/launch_report.hpp"
#include "launch/throwaway_user.hpp"

namespace racecourse {

// Tells the failed step and errno through `error_pipe`, and ends the process.
[[noreturn]] void report_step(int error_pipe, SetupStep step);

// In the child: confines it as the job's level says and executes the program. `parent` is the process that
// forked, as the child's namespace counts; `user` is null where the user stays.
[[noreturn]] void confine_and_execute(const Job& job, const ThrowawayUser* user, pid_t parent,
                                      int error_pipe);

// Gives up every capability, now and at any later exec. False: errno says why.
[[nodiscard]] bool drop_capabilities();

}  // namespace racecourse
