// The program's own view of the files: a root of its own in which there is nothing but what the job makes
// visible, each thing under the path that it has outside. Used by the launcher only, in a mount namespace of
// its own.
#pragma once

#include <sys/types.h>

#include "launch/job.hpp"

namespace racecourse {

// Builds the root and moves the caller into it: job.readable, read-only; job.writable; for job.own a file
// system in memory, empty, of twice the job's disk limits (it is the launcher that sees the limits passed); a
// /proc of the caller's process namespace; the harmless devices; a small /dev/shm. `owner` owns what is new.
// Returns a descriptor of the file system of job.own, or of the root if there is none. -1: errno says why.
[[nodiscard]] int enter_private_root(const Job& job, uid_t owner);

}  // namespace racecourse
