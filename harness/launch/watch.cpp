#include "launch/watch.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "launch/namespaces.hpp"

namespace racecourse {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Limits are compared this often, and more often once most of the memory is used: a program that touches
// 4 GB/s overshoots it by little more than 4 MB, where no cgroup stops it earlier.
constexpr milliseconds kSampleEvery{5};
constexpr milliseconds kSampleEveryNearMemory{1};
constexpr double kNearMemory = 0.75;
// Processes that are about to exit by themselves when the main one has ended (a worker that reads
// end-of-file) get this long before they count as survivors; time that they wait for a core is not charged
// here either. Nothing waits for it in the usual case.
constexpr milliseconds kSurvivorGrace{500};
// A tree that used less of one core than this over the second half of its time was blocked, not spinning. A
// launcher that was stopped meanwhile has no sample of the half, and takes the last before it.
constexpr double kBlockedCpuShare = 0.05;

constexpr std::uint32_t kManyTasks = 16;

// Each of so many processes puts off the next look at all their descriptors by a sample: a look costs some
// 20 us a process.
constexpr std::size_t kProcessesALook = 8;

// A program's hundred busy processes must not keep the launcher from ending them: it asks for short turns,
// which come sooner (Linux 6.12), and where it may for a better priority. Its children get neither. All of it
// is only a wish.
void ask_for_prompt_turns() {
  struct {
    std::uint32_t size = 48;
    std::uint32_t policy = 0;  // SCHED_OTHER
    std::uint64_t flags = 1;   // SCHED_FLAG_RESET_ON_FORK
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime_ns = 100'000;
    std::uint64_t deadline_ns = 0;
    std::uint64_t period_ns = 0;
  } attributes;
  const int nice = ::getpriority(PRIO_PROCESS, 0);
  // Who is to be nice stays so, with all children.
  attributes.nice = nice == 0 && ::geteuid() == 0 ? -15 : nice;
  (void)::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

std::uint64_t cpu_of(const rusage& usage) {
  const auto us = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

}  // namespace

Watch::Watch(const Job& job, pid_t child, const Confines& confines, const DiskUse& disk)
    : job_(job),
      child_(child),
      tree_root_(confines.init_messages >= 0 ? child : ::getpid()),
      confines_(confines),
      disk_(disk),
      devices_(disk.devices()),
      start_(Clock::now()),
      sampled_(start_),
      sample_every_(kSampleEvery),
      report_{.magic = kLaunchReportMagic} {
  if (confines.group != nullptr) report_.memory_guard = confines.group->guard();
}

LaunchReport Watch::run() {
  while (!main_ended() && report_.limit == LaunchLimit::none) {
    wait_a_moment();
    check_limits();
  }
  const microseconds charged_at_end = charged();
  end_everything();
  check_what_the_kernel_saw();
  report_.wall_us = static_cast<std::uint64_t>(wall_at_end_.count());
  report_.charged_us = static_cast<std::uint64_t>(std::min(charged_at_end, wall_at_end_).count());
  rusage reaped{};
  ::getrusage(RUSAGE_CHILDREN, &reaped);  // All descendants have been waited for, by us or by their parents.
  report_.cpu_us = cpu_of(reaped);
  report_.memory_peak_bytes =
      std::max(report_.memory_peak_bytes, static_cast<std::uint64_t>(reaped.ru_maxrss) * 1024);
  return report_;
}

// What init says of the main process; it may already be dead itself.
void Watch::hear_init() {
  MainEnded message;
  if (confines_.init_messages < 0 || ended_) return;
  const ssize_t got = ::recv(confines_.init_messages, &message, sizeof message, MSG_DONTWAIT);
  if (got == sizeof message) main_ended_with(message.wait_status);
}

void Watch::main_ended_with(int wait_status) {
  report_.wait_status = wait_status;
  wall_at_end_ = elapsed();
  ended_ = true;
}

// Reaps whatever has ended; true once the main process has.
bool Watch::main_ended() {
  hear_init();
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
    if (ended != child_) continue;
    // It may have spoken and died since.
    hear_init();
    // Without namespaces the child is the main process. An init that ends without a word was killed from
    // outside, with all that it had.
    if (!ended_) main_ended_with(status);
  }
  no_children_ = ended < 0 && errno == ECHILD;
  return ended_;
}

// Sleeps until the next sample, a child's end or a word from the harness.
void Watch::wait_a_moment() {
  std::array<pollfd, 2> fds = {pollfd{kControlFd, POLLIN, 0}, pollfd{confines_.init_messages, POLLIN, 0}};
  const timespec pause{0, std::chrono::nanoseconds(sample_every_).count()};
  sigset_t allow_child;
  ::sigemptyset(&allow_child);
  // SIGCHLD is blocked outside this call, so a child's end interrupts it and is never missed.
  if (::ppoll(fds.data(), fds.size(), &pause, &allow_child) > 0 && fds[0].revents != 0)
    report_.limit = LaunchLimit::control;
}

void Watch::check_limits() {
  const Clock::time_point now = Clock::now();
  if (report_.limit != LaunchLimit::none || (now - sampled_ < sample_every_ && !first_)) return;
  first_ = false;
  const TreeSample sample = sample_descendants(tree_root_);
  if (sample.tasks > kManyTasks && !prompt_) {
    ask_for_prompt_turns();
    prompt_ = true;
  }
  look_for_pathless_files(sample);
  const std::uint64_t memory_bytes = sample.resident_bytes + pathless_.memory_bytes;
  report_.memory_peak_bytes = std::max(report_.memory_peak_bytes, memory_bytes);
  const bool near_memory =
      static_cast<double>(memory_bytes) > kNearMemory * static_cast<double>(job_.memory_bytes);
  sample_every_ = near_memory ? kSampleEveryNearMemory : kSampleEvery;
  const microseconds cpu(sample.cpu_us);
  charge(sample);
  const microseconds wall = charged();
  if (wall < job_.wall / 2) {
    cpu_at_half_ = cpu;
    wall_at_half_ = wall;
  }
  if (sample.tasks > job_.processes) {
    report_.limit = LaunchLimit::processes;  // Before memory: many processes use a lot of that as well.
  } else if (memory_bytes > job_.memory_bytes) {
    report_.limit = LaunchLimit::memory;
  } else if (disk_.exceeded(pathless_)) {
    report_.limit = LaunchLimit::disk;
  } else if (cpu > job_.cpu) {
    report_.limit = LaunchLimit::cpu;
  } else if (wall > job_.wall) {
    const double share = static_cast<double>((cpu - cpu_at_half_).count()) /
                         static_cast<double>((wall - wall_at_half_).count());
    report_.limit = share < kBlockedCpuShare ? LaunchLimit::wall_blocked : LaunchLimit::wall_spinning;
  } else if (elapsed() > job_.wall * kWallFactorMax) {
    report_.limit = LaunchLimit::starved;
  }
}

// Where a cgroup counts memory, and every folder is in a file system of the program's own, the kernel knows
// better.
void Watch::look_for_pathless_files(const TreeSample& sample) {
  if (confines_.group != nullptr && job_.writable.empty()) return;
  if (samples_until_pathless_ > 0) {
    --samples_until_pathless_;
    return;
  }
  samples_until_pathless_ = sample.living.size() / kProcessesALook;
  pathless_ = find_pathless_files(sample.living, devices_);
}

// A limit on wall time must not depend on who else uses the machine. While nothing of the program is
// runnable, all time counts: more cores would not help it. While something is, only the time counts for which
// it was given a core.
void Watch::charge(const TreeSample& sample) {
  const Clock::time_point now = Clock::now();
  const auto passed = std::chrono::duration_cast<microseconds>(now - sampled_);
  const microseconds cpu(sample.cpu_us);
  sampled_ = now;
  if (sample.runnable) {
    runnable_ += passed;
    runnable_cpu_ += std::max(cpu - cpu_, microseconds(0));
  } else {
    blocked_ += passed;
  }
  cpu_ = cpu;
}

microseconds Watch::charged() const { return blocked_ + std::min(runnable_, runnable_cpu_); }

// What passed a limit and ended between two samples.
void Watch::check_what_the_kernel_saw() {
  if (report_.limit != LaunchLimit::none) return;
  if (confines_.group != nullptr && confines_.group->refused_processes()) {
    report_.limit = LaunchLimit::processes;
  } else if (confines_.group != nullptr && confines_.group->out_of_memory()) {
    report_.limit = LaunchLimit::memory;
    report_.memory_peak_bytes = std::max(report_.memory_peak_bytes, job_.memory_bytes);
  } else if (disk_.exceeded({})) {
    report_.limit = LaunchLimit::disk;
  }
}

// Kills and reaps until no descendant is left.
void Watch::end_everything() {
  const bool by_itself = report_.limit == LaunchLimit::none;
  const microseconds grace = by_itself ? kSurvivorGrace : milliseconds(0);
  const microseconds began = elapsed();
  blocked_ = runnable_ = runnable_cpu_ = microseconds(0);  // What is charged from here on is the grace.
  if (!by_itself)
    kill_at_once();  // What is being ended for a limit may be a fork bomb: every look at it gives it time.
  bool counted = false;
  sigset_t allow_child;
  ::sigemptyset(&allow_child);
  for (;;) {
    main_ended();
    if (no_children_) break;
    const TreeSample left = sample_descendants(tree_root_);
    charge(left);
    if (charged() >= grace || elapsed() - began >= grace * kWallFactorMax) {
      if (!counted && by_itself) report_.survivors = static_cast<std::uint32_t>(left.living.size());
      counted = true;
      // A tree that forks while it is walked shows another shape at each look, but a stopped process forks no
      // more.
      if (confines_.init_messages < 0) {
        for (const pid_t pid : left.living) ::kill(pid, SIGSTOP);
        for (const pid_t pid : left.living) ::kill(pid, SIGKILL);
      }
      kill_at_once();
      // Again without a pause: what forks faster than we look must not gain ground.
      if (!left.living.empty() && confines_.init_messages < 0) continue;
    }
    const timespec pause{0, 500'000};
    ::ppoll(nullptr, 0, &pause, &allow_child);  // Or until a child ends.
  }
  if (!ended_) wall_at_end_ = elapsed();
}

// In one call that no fork outruns, where the level has such a thing.
void Watch::kill_at_once() const {
  if (confines_.init_messages >= 0)
    ::kill(child_,
           SIGKILL);  // The kernel ends everything in its namespace before init itself is reported dead.
  else if (confines_.user != nullptr)
    confines_.user->kill_all_processes();
}

microseconds Watch::elapsed() const {
  return std::chrono::duration_cast<microseconds>(Clock::now() - start_);
}

}  // namespace racecourse
