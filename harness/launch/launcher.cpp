// racecourse-launch: runs one untrusted program under limits and confinement, and reports kernel facts. See
// launch_report.hpp for the actors and job.hpp for the command line.
//
// Theory of operation. The launcher becomes a subreaper, so that whatever the program starts, and however it
// detaches it, comes back to the launcher (or to init, which is the launcher's) when its parent dies. It
// forks; the child confines itself in the order of confine_and_execute and executes the program; a failing
// step is told through a close-on-exec pipe, so that "could not start" is never mistaken for "crashed". The
// launcher then watches the tree of descendants against the limits, and when the program has ended, or a
// limit is hit, kills all that is left and reaps until there is nothing more (watch.cpp).
//
// Sandbox levels, each with all of the one below unless it says otherwise:
//   S0  limits only: the program has the rights of whoever grades.
//   S1  no capabilities, no new privileges; Landlock for files, TCP, signals and abstract sockets; seccomp.
//   S2  and another user: one whom nobody else is, for this run only. Needs root.
//   S3  namespaces of its own (processes, mounts with a private root, network, IPC, host name; of users, too,
//   where
//       whoever grades is not root, and then the user stays). The other user only under root.
//   S4  and a cgroup for memory and processes.
// In order, for S4: an unused user is found; folders to be written to are handed to it; the cgroup is made;
// what is in those folders is counted; init is cloned into new namespaces, builds the private root and
// forks; the child joins the cgroup, makes a session, closes descriptors, sets limits, becomes the user,
// drops capabilities, is tied to its parent's life, enters its folder, refuses new privileges, takes on
// Landlock and then seccomp, which refuses some of these very steps, and executes.
//
// Nothing is skipped silently: a step that a level names and that fails is a failure of the launch. The one
// exception is Landlock, which a kernel may not have; whether a level holds without it is what the probe
// finds out.
//
// What it does not protect against is listed in docs/confinement.md.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "launch/cgroup.hpp"
#include "launch/confine.hpp"
#include "launch/disk_use.hpp"
#include "launch/job.hpp"
#include "launch/launch_report.hpp"
#include "launch/namespaces.hpp"
#include "launch/throwaway_user.hpp"
#include "launch/watch.hpp"

namespace racecourse {
namespace {

LaunchReport failed(SetupStep step) {
  return {.magic = kLaunchReportMagic, .setup_step = step, .setup_errno = errno};
}

// SIGCHLD wakes the watch and is lost nowhere; nothing that the harness ignores or blocks is passed on.
void prepare_signals() {
  sigset_t child_ended;
  ::sigemptyset(&child_ended);
  ::sigaddset(&child_ended, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child_ended, nullptr);
  struct sigaction wake {};
  wake.sa_handler = [](int) {};
  ::sigaction(SIGCHLD, &wake, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

// Puts something under each of the agreed numbers that is free: a descriptor of ours that got one would be
// closed or taken for what it is not.
bool occupy_agreed_descriptors() {
  int fd = -1;
  do {
    fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  } while (fd >= 0 && fd <= kControlFd);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

// Folders that the program writes to belong to its user. They are the run's alone.
bool hand_over(const Job& job, const ThrowawayUser& user) {
  const auto give = [&](const char* path) {
    const UniqueFd folder(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    return folder && ::fchown(folder.get(), user.id(), user.id()) == 0;
  };
  for (const char* path : job.writable)
    if (!give(path)) return false;
  if (job.has_namespaces()) return true;  // The others are made anew in memory.
  for (const char* path : job.own)
    if (!give(path)) return false;
  return true;
}

LaunchReport launch(const Job& job) {
  prepare_signals();
  int error_pipe[2] = {-1, -1};
  if (!occupy_agreed_descriptors() || ::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 ||
      ::pipe2(error_pipe, O_CLOEXEC) != 0)
    return failed(SetupStep::start);
  const UniqueFd error_reading(error_pipe[0]);
  UniqueFd error_writing(error_pipe[1]);
  std::optional<ThrowawayUser> user;
  if (job.level == 2 || (job.has_namespaces() && ::geteuid() == 0)) {
    if (::geteuid() != 0) errno = EPERM;
    if (::geteuid() != 0 || !(user = ThrowawayUser::find())) return failed(SetupStep::user);
    if (!hand_over(job, *user)) return failed(SetupStep::folders);
  }
  const std::optional<Cgroup> group = job.level == 4 ? Cgroup::make(job) : std::nullopt;
  if (job.level == 4 && !group) return failed(SetupStep::cgroup);

  DiskUse disk(job);
  const ThrowawayUser* const its_user = user ? &*user : nullptr;
  const pid_t launcher = ::getpid();
  StartedInit init;
  pid_t child = -1;
  if (job.has_namespaces()) {
    init = start_in_namespaces(job, its_user, group ? &*group : nullptr, error_writing.get());
    child = init.pid;
  } else {
    child = ::fork();
    if (child == 0) confine_and_execute(job, its_user, launcher, error_writing.get());
  }
  if (child < 0) return failed(job.has_namespaces() ? SetupStep::namespaces : SetupStep::start);
  error_writing.reset();
  // The launcher must not keep the program's ends open: the harness reads them to their end.
  for (int fd = 0; fd <= kTsanFd; ++fd) ::close(fd);
  if (init.messages) disk.count_file_system(receive_own_folder(init.messages.get()));
  std::int32_t message[2] = {0, 0};
  ssize_t got = 0;
  do {
    got = ::read(error_reading.get(), message, sizeof message);
  } while (got < 0 && errno == EINTR);

  Watch watch(job, child, {its_user, group ? &*group : nullptr, init.messages ? init.messages.get() : -1},
              disk);
  LaunchReport report = watch.run();
  if (got == sizeof message) {
    report.setup_step = static_cast<SetupStep>(message[0]);
    report.setup_errno = message[1];
  }
  return report;
}

}  // namespace
}  // namespace racecourse

int main(int argc, char** argv) {
  using namespace racecourse;
  const std::optional<Job> job = job_of(argc, argv);
  if (!job) return 2;
  const LaunchReport report = launch(*job);
  return ::write(kReportFd, &report, sizeof report) == sizeof report ? 0 : 2;
}
