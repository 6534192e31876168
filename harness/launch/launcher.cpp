// racecourse-launch: runs one untrusted program under limits and reports kernel facts. See launch_report.hpp
// for the actors.
//
//   racecourse-launch WALL_MS CPU_MS MEMORY_BYTES PROCESSES OPEN_FILES FILE_BYTES FOLDER PROGRAM ARGUMENTS...
//
// Theory of operation. The launcher becomes a subreaper, so that whatever the program starts, and however it
// detaches it, comes back to the launcher when its parent dies. It forks; the child confines itself in the
// order of confine_and_exec and executes the program; a failing step is told through a close-on-exec pipe, so
// that "could not start" is never mistaken for "crashed". The launcher then samples the tree of descendants
// every few milliseconds against the limits, and when the program has ended, or a limit is hit, kills all
// that is left and reaps until there is nothing more.
//
// What it does not protect against: this is sandbox level S0, limits only. The program has the user's own
// rights.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "launch/launch_report.hpp"
#include "launch/process_tree.hpp"

namespace racecourse {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// Memory is compared this often: a program that touches 4 GB/s overshoots its limit by at most 20 MB.
constexpr milliseconds kSampleEvery{5};
// Processes that are about to exit by themselves when the main one has ended (a worker that reads
// end-of-file) get this long before they count as survivors. Long enough for a loaded machine; nothing waits
// for it in the usual case.
constexpr milliseconds kSurvivorGrace{500};
// A tree that used less of one core than this over the second half of its wall time was blocked, not
// spinning.
constexpr double kBlockedCpuShare = 0.05;

struct Job {
  milliseconds wall{};
  microseconds cpu{};
  std::uint64_t memory_bytes = 0;
  std::uint64_t processes = 0;
  rlim_t open_files = 0;
  rlim_t file_bytes = 0;
  const char* folder = nullptr;
  char** program = nullptr;
};

enum Step : std::uint32_t {
  kFork = 1,
  kSession,
  kParentDeath,
  kDescriptors,
  kLimits,
  kPersonality,
  kFolder,
  kExec
};

[[noreturn]] void report_step(int error_pipe, Step step) {
  const std::int32_t message[2] = {static_cast<std::int32_t>(step), errno};
  (void)!::write(error_pipe, message, sizeof message);
  ::_exit(127);
}

void set_limit(int error_pipe, __rlimit_resource resource, rlim_t value) {
  // A hard limit below ours cannot be raised by an ordinary user; the lower one then holds, which is
  // stricter.
  rlimit current{};
  if (::getrlimit(resource, &current) != 0) report_step(error_pipe, kLimits);
  const rlim_t allowed = std::min(value, current.rlim_max);
  const rlimit wanted{allowed, allowed};
  if (::setrlimit(resource, &wanted) != 0) report_step(error_pipe, kLimits);
}

// Runs in the child. Each step is in place before the next could be disturbed by the program; exec is last.
[[noreturn]] void confine_and_exec(const Job& job, int error_pipe, pid_t launcher) {
  if (::setsid() < 0) report_step(error_pipe, kSession);  // A signal to its group reaches only itself.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != launcher)
    report_step(error_pipe, kParentDeath);
  if (::fcntl(error_pipe, F_SETFD, FD_CLOEXEC) != 0) report_step(error_pipe, kDescriptors);
  ::close(kReportFd);
  ::close(kControlFd);
  // Everything above the agreed descriptors closes at exec, whatever the harness's parent has left open.
  if (::syscall(SYS_close_range, kReportFd, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) != 0 && errno != ENOSYS)
    report_step(error_pipe, kDescriptors);
  // No limit on address space or data: ThreadSanitizer maps terabytes and dies under either.
  set_limit(error_pipe, RLIMIT_CORE, 0);
  set_limit(error_pipe, RLIMIT_FSIZE, job.file_bytes);
  set_limit(error_pipe, RLIMIT_NOFILE, job.open_files);
  set_limit(error_pipe, RLIMIT_CPU, static_cast<rlim_t>(job.cpu.count() / 1'000'000 + 2));
  // g++ 12's ThreadSanitizer cannot start where the kernel randomises 32 bits of addresses, and equal
  // addresses make runs more alike. Where this is forbidden the program still runs.
  (void)::personality(ADDR_NO_RANDOMIZE);
  if (::chdir(job.folder) != 0) report_step(error_pipe, kFolder);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(job.program[0], job.program);
  report_step(error_pipe, kExec);
}

std::uint64_t cpu_of(const rusage& usage) {
  const auto us = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

class Watch {
 public:
  Watch(const Job& job, pid_t main) : job_(job), main_(main), start_(Clock::now()) {}

  LaunchReport run() {
    while (!main_ended() && report_.limit == LaunchLimit::none) {
      wait_a_moment();
      check_limits();
    }
    end_everything();
    report_.wall_us = static_cast<std::uint64_t>(wall_at_end_.count());
    rusage reaped{};
    ::getrusage(RUSAGE_CHILDREN,
                &reaped);  // All descendants have been waited for, by us or by their parents.
    report_.cpu_us = cpu_of(reaped);
    report_.memory_peak_bytes =
        std::max(report_.memory_peak_bytes, static_cast<std::uint64_t>(reaped.ru_maxrss) * 1024);
    return report_;
  }

 private:
  // Reaps whatever has ended; true once the main program has.
  bool main_ended() {
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended != main_) continue;
      report_.wait_status = status;
      wall_at_end_ = elapsed();
      ended_ = true;
    }
    no_children_ = ended < 0 && errno == ECHILD;
    return ended_;
  }

  // Sleeps until the next sample, a child's end or a word from the harness.
  void wait_a_moment() {
    pollfd control{kControlFd, POLLIN, 0};
    const timespec pause{0, std::chrono::nanoseconds(kSampleEvery).count()};
    sigset_t allow_child;
    ::sigemptyset(&allow_child);
    // SIGCHLD is blocked outside this call, so a child's end interrupts it and is never missed.
    if (::ppoll(&control, 1, &pause, &allow_child) > 0) report_.limit = LaunchLimit::control;
  }

  void check_limits() {
    const Clock::time_point now = Clock::now();
    if (report_.limit != LaunchLimit::none || (now - sampled_ < kSampleEvery && !first_)) return;
    first_ = false;
    sampled_ = now;
    const TreeSample sample = sample_descendants(::getpid());
    rusage reaped{};
    ::getrusage(RUSAGE_CHILDREN, &reaped);
    const microseconds cpu(sample.cpu_us + cpu_of(reaped));
    report_.memory_peak_bytes = std::max(report_.memory_peak_bytes, sample.resident_bytes);
    const microseconds wall = elapsed();
    if (wall < job_.wall / 2) cpu_at_half_ = cpu;
    if (sample.resident_bytes > job_.memory_bytes) {
      report_.limit = LaunchLimit::memory;
    } else if (sample.tasks > job_.processes) {
      report_.limit = LaunchLimit::processes;
    } else if (cpu > job_.cpu) {
      report_.limit = LaunchLimit::cpu;
    } else if (wall > job_.wall) {
      const double share = static_cast<double>((cpu - cpu_at_half_).count()) /
                           static_cast<double>(microseconds(job_.wall).count()) * 2;
      report_.limit = share < kBlockedCpuShare ? LaunchLimit::wall_blocked : LaunchLimit::wall_spinning;
    }
  }

  // Kills and reaps until no descendant is left.
  void end_everything() {
    const bool by_itself = report_.limit == LaunchLimit::none;
    const Clock::time_point patience_ends = Clock::now() + (by_itself ? kSurvivorGrace : milliseconds(0));
    bool counted = false;
    for (;;) {
      main_ended();
      const TreeSample left = sample_descendants(::getpid());
      main_ended();
      if (left.living.empty() && no_children_) break;
      if (Clock::now() >= patience_ends || report_.limit != LaunchLimit::none) {
        if (!counted && by_itself) report_.survivors = static_cast<std::uint32_t>(left.living.size());
        counted = true;
        for (const pid_t pid : left.living) ::kill(pid, SIGKILL);
      }
      const timespec pause{0, 1'000'000};
      ::nanosleep(&pause, nullptr);
    }
    if (!ended_) wall_at_end_ = elapsed();
  }

  [[nodiscard]] microseconds elapsed() const {
    return std::chrono::duration_cast<microseconds>(Clock::now() - start_);
  }

  const Job& job_;
  pid_t main_;
  Clock::time_point start_;
  Clock::time_point sampled_;
  bool first_ = true;
  bool ended_ = false;
  bool no_children_ = false;
  microseconds wall_at_end_{0};
  microseconds cpu_at_half_{0};
  LaunchReport report_{.magic = kLaunchReportMagic};
};

LaunchReport launch(const Job& job) {
  LaunchReport failed{.magic = kLaunchReportMagic};
  int error_pipe[2] = {-1, -1};
  sigset_t child_ended;
  ::sigemptyset(&child_ended);
  ::sigaddset(&child_ended, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child_ended, nullptr);
  struct sigaction wake {};
  wake.sa_handler = [](int) {};
  ::sigaction(SIGCHLD, &wake, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || ::pipe2(error_pipe, O_CLOEXEC) != 0) {
    failed.setup_step = kFork;
    failed.setup_errno = errno;
    return failed;
  }
  // Above the agreed numbers: some of those may be free here, and a pipe on one of them would be taken for what it is not.
  for (int& end : error_pipe) {
    const int above = ::fcntl(end, F_DUPFD_CLOEXEC, kControlFd + 1);
    ::close(end);
    end = above;
  }
  const pid_t launcher = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    failed.setup_step = kFork;
    failed.setup_errno = errno;
    return failed;
  }
  if (child == 0) confine_and_exec(job, error_pipe[1], launcher);
  ::close(error_pipe[1]);
  // The launcher must not keep the program's ends open: the harness reads them to their end.
  for (int fd = 0; fd <= kTsanFd; ++fd) ::close(fd);
  std::int32_t message[2] = {0, 0};
  ssize_t got = 0;
  do {
    got = ::read(error_pipe[0], message, sizeof message);
  } while (got < 0 && errno == EINTR);
  Watch watch(job, child);
  LaunchReport report = watch.run();
  if (got == sizeof message) {
    report.setup_step = static_cast<std::uint32_t>(message[0]);
    report.setup_errno = message[1];
  }
  return report;
}

}  // namespace
}  // namespace racecourse

int main(int argc, char** argv) {
  using namespace racecourse;
  if (argc < 9) return 2;
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const Job job{milliseconds(number(1)),
                microseconds(number(2) * 1000),
                number(3),
                number(4),
                number(5),
                number(6),
                argv[7],
                argv + 8};
  const LaunchReport report = launch(job);
  return ::write(kReportFd, &report, sizeof report) == sizeof report ? 0 : 2;
}
