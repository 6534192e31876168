#include "launch/confine.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "launch/landlock.hpp"
#include "launch/seccomp_filter.hpp"

namespace racecourse {

namespace {

// Fails where a lower hard limit holds already and cannot be raised: who has less than the lab promises would
// lose points for it.
bool set_limit(__rlimit_resource resource, rlim_t value) {
  const rlimit wanted{value, value};
  return ::setrlimit(resource, &wanted) == 0;
}

// Since 5.14 the processes of a user are counted in each user namespace by itself.
bool counts_processes_by_namespace() {
  utsname kernel{};
  int major = 0;
  int minor = 0;
  return ::uname(&kernel) == 0 && std::sscanf(kernel.release, "%d.%d", &major, &minor) == 2 &&
         (major > 5 || (major == 5 && minor >= 14));
}

bool set_limits(const Job& job, const ThrowawayUser* user) {
  // Elsewhere the limit would count all that the user runs.
  if (user != nullptr || (job.has_namespaces() && counts_processes_by_namespace()))
    if (!set_limit(RLIMIT_NPROC, job.processes_ceiling())) return false;
  // No limit on address space or data: ThreadSanitizer maps terabytes and dies under either.
  return set_limit(RLIMIT_CORE, 0) && set_limit(RLIMIT_FSIZE, job.file_bytes) &&
         set_limit(RLIMIT_NOFILE, job.open_files) &&
         set_limit(RLIMIT_CPU, static_cast<rlim_t>(job.cpu.count() / 1'000'000 + 2));
}

}  // namespace

void report_step(int error_pipe, SetupStep step) {
  const std::int32_t message[2] = {static_cast<std::int32_t>(step), errno};
  (void)!::write(error_pipe, message, sizeof message);
  ::_exit(127);
}

bool drop_capabilities() {
  // Without these a root user would have all of them back at the next exec.
  (void)::prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                       SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                                       SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability)
    if (::prctl(PR_CAPBSET_DROP, capability) != 0 && errno != EPERM) return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

void confine_and_execute(const Job& job, const ThrowawayUser* user, pid_t parent, int error_pipe) {
  const auto need = [&](bool done, SetupStep step) {
    if (!done) report_step(error_pipe, step);
  };
  need(::setsid() >= 0,
       SetupStep::session);  // A signal to its group reaches only itself, and it has no terminal.
  ::close(kReportFd);
  ::close(kControlFd);
  // Everything above the agreed descriptors closes at exec, whatever the harness's parent has left open.
  need(::syscall(SYS_close_range, kReportFd, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) == 0 || errno == ENOSYS,
       SetupStep::descriptors);
  need(set_limits(job, user), SetupStep::limits);
  need(user == nullptr || user->become(), SetupStep::identity);
  need(job.level == 0 || drop_capabilities(), SetupStep::capabilities);
  // After the change of user, which clears it; the parent may have gone before.
  need(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent, SetupStep::parent_death);
  // g++ 12's ThreadSanitizer cannot start where the kernel randomises 32 bits of addresses, and equal
  // addresses make runs more alike. Where this is forbidden the program still runs.
  (void)::personality(ADDR_NO_RANDOMIZE);
  need(::chdir(job.folder) == 0, SetupStep::working_folder);
  if (job.level >= 1) {
    need(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, SetupStep::no_new_privileges);
    need(restrict_by_landlock(job), SetupStep::landlock);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Last, since it refuses some of the calls above.
  if (job.level >= 1) need(restrict_system_calls(job.level), SetupStep::seccomp);
  ::execv(job.program[0], job.program);
  report_step(error_pipe, SetupStep::execute);
}

}  // namespace racecourse
