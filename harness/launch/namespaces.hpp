// init: process 1 of the namespaces in which the program runs from level S3 on. Used by the launcher only.
//
// It exists because the kernel gives process 1 other signals than everybody else, which the program must not
// notice, and because what loses its parent comes to process 1. When init dies, the kernel ends everything in
// its process namespace before it reports the death: no fork can outrun that. The program cannot signal,
// trace or read it.
#pragma once

#include <sys/types.h>

#include <optional>

#include "base/fd.hpp"
#include "launch/cgroup.hpp"
#include "launch/job.hpp"
#include "launch/throwaway_user.hpp"

namespace racecourse {

// What init tells the launcher, once, when the main process has ended.
struct MainEnded {
  std::int32_t wait_status = 0;
};

struct StartedInit {
  pid_t pid = -1;
  UniqueFd messages;  // A MainEnded comes here; end-of-file when init is gone.
};

// Forks init and, through it, the program. -1 as pid: errno says why. Later failures are told through
// `error_pipe`.
[[nodiscard]] StartedInit start_in_namespaces(const Job& job, const ThrowawayUser* user, const Cgroup* group,
                                              int error_pipe);

// The file system of the program's own folder, once init has made it; empty if it could not.
[[nodiscard]] UniqueFd receive_own_folder(int messages);

}  // namespace racecourse
