// Landlock: what a program may do with files, sockets and signals, given up for good. The launcher restricts;
// choosing a level only asks for the version.
#pragma once

#include "launch/job.hpp"

namespace racecourse {

// The version of Landlock that the kernel has; 0 for none.
[[nodiscard]] int landlock_version();

// Restricts the calling thread, and all that it starts, to: reading and executing below job.readable;
// everything below job.writable and job.own; reading /proc; the harmless devices. From version 4 on no TCP,
// from version 6 on no signals and no abstract sockets to the outside. True, too, where the kernel has no
// Landlock: what follows from that is found out by the probe. False: errno says why. Needs no_new_privs.
//
// Not covered by Landlock: stat, access, chdir, chmod, chown, utime, and sockets with a path.
[[nodiscard]] bool restrict_by_landlock(const Job& job);

}  // namespace racecourse
