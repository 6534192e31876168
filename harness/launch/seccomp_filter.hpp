// The system calls that no program below the launcher needs and that reach out of its confinement. Used by
// the launcher only.
#pragma once

namespace racecourse {

// Installs the filter for the calling thread and all that it starts. Refused calls fail with EPERM (sockets
// with EACCES, calls that a library must believe absent with ENOSYS), because the C library and
// ThreadSanitizer cope with an error; only calls in the manner of another architecture, whose numbers mean
// other things, end the process. False: errno says why. Needs no_new_privs. Below level S3 the queues,
// semaphores and segments of System V and POSIX are refused, since they would outlive the program; below S2,
// where other files of the program's user lie about, changes of owners, modes and times.
[[nodiscard]] bool restrict_system_calls(int level);

}  // namespace racecourse
