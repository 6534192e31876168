#include "launch/launch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "base/check.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "launch/launch_report.hpp"

namespace racecourse {

namespace {

namespace fs = std::filesystem;

// Both ends of a channel. Our numbers must stay above the ones the launcher agrees on, or the dup2 calls that
// set those up would overwrite each other's sources.
struct Ends {
  UniqueFd ours;
  UniqueFd theirs;
};

// A launcher that has not reported this long after its program's time is looked after, and after so long
// given up.
constexpr std::chrono::milliseconds kAwakeEvery{500};
constexpr std::chrono::seconds kLauncherPatience{60};

constexpr int kFirstFreeFd = kControlFd + 1;

UniqueFd above_agreed(int fd) {
  if (fd < 0) return UniqueFd();
  UniqueFd low(fd);
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
}

Result<Ends> make_pipe(bool we_read) {
  std::array<int, 2> fds = {-1, -1};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return system_error("create a pipe for a run", errno);
  UniqueFd reading = above_agreed(fds[0]);
  UniqueFd writing = above_agreed(fds[1]);
  if (!reading || !writing) return system_error("create a pipe for a run", errno);
  if (we_read) return Ends{std::move(reading), std::move(writing)};
  return Ends{std::move(writing), std::move(reading)};
}

Result<Ends> make_channel() {
  std::array<int, 2> fds = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0)
    return system_error("create the event channel of a run", errno);
  UniqueFd ours = above_agreed(fds[0]);
  UniqueFd theirs = above_agreed(fds[1]);
  if (!ours || !theirs) return system_error("create the event channel of a run", errno);
  return Ends{std::move(ours), std::move(theirs)};
}

// Keeps the beginning and the end of a stream.
class KeptOutput {
 public:
  explicit KeptOutput(std::size_t bytes_max) : half_(bytes_max / 2) {}
  void add(std::string_view bytes) {
    total_ += bytes.size();
    const std::size_t to_head = std::min(bytes.size(), half_ - std::min(half_, head_.size()));
    head_ += bytes.substr(0, to_head);
    tail_ += bytes.substr(to_head);
    if (tail_.size() > 2 * half_) tail_.erase(0, tail_.size() - half_);
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] bool cut() const { return total_ > 2 * half_; }
  [[nodiscard]] std::string text() const {
    if (!cut()) return head_ + tail_;
    const std::string_view end =
        std::string_view(tail_).substr(tail_.size() > half_ ? tail_.size() - half_ : 0);
    return head_ + "\n[... " + std::to_string(total_ - head_.size() - end.size()) + " bytes left out ...]\n" +
           std::string(end);
  }

 private:
  std::size_t half_;
  std::uint64_t total_ = 0;
  std::string head_;
  std::string tail_;
};

// Without "." and "..", which mean something else in a view of the files of one's own.
std::string whole_path(const fs::path& path) {
  std::error_code code;
  const fs::path whole = fs::absolute(path, code).lexically_normal();
  return (whole.has_filename() || whole == "/" ? whole : whole.parent_path()).native();
}

std::vector<std::string> launcher_command(const LaunchSpec& spec) {
  const Limits& limits = spec.limits;
  std::vector<std::string> command = {spec.launcher.program.native(),
                                      std::to_string(static_cast<int>(spec.launcher.level)),
                                      std::to_string(limits.wall.count()),
                                      std::to_string(limits.cpu.count()),
                                      std::to_string(limits.memory_bytes),
                                      std::to_string(limits.processes),
                                      std::to_string(limits.open_files),
                                      std::to_string(limits.file_bytes),
                                      std::to_string(limits.disk_bytes),
                                      std::to_string(limits.disk_files),
                                      whole_path(spec.folder)};
  const auto add_places = [&](const char* kind, const std::vector<fs::path>& places) {
    for (const fs::path& place : places) command.insert(command.end(), {kind, whole_path(place)});
  };
  add_places("r", spec.visible.readable);
  add_places("w", spec.visible.writable);
  add_places("p", spec.visible.own);
  command.emplace_back("--");
  command.insert(command.end(), spec.command.begin(), spec.command.end());
  return command;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (const std::string& string : strings) out.push_back(const_cast<char*>(string.c_str()));
  out.push_back(nullptr);
  return out;
}

// One run from the harness's side: spawns the launcher, pumps its pipes, reads its report.
class Run {
 public:
  explicit Run(const LaunchSpec& spec) : spec_(spec), output_(spec.output_kept_bytes) {}

  Result<LaunchOutcome> execute() {
    RC_TRY(open_pipes());
    RC_TRY(spawn());
    pump();
    drain();
    int status = 0;
    while (::waitpid(launcher_, &status, 0) < 0 && errno == EINTR) {
    }
    return outcome();
  }

 private:
  Result<> open_pipes() {
    RC_ASSIGN(output_pipe_, make_pipe(true));
    RC_ASSIGN(report_pipe_, make_pipe(true));
    RC_ASSIGN(control_pipe_, make_pipe(false));
    if (spec_.on_event) {
      RC_ASSIGN(channel_, make_channel());
    }
    if (spec_.tsan_reports) {
      RC_ASSIGN(tsan_pipe_, make_pipe(true));
    }
    return {};
  }

  Result<> spawn() {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    const auto give = [&](const Ends& ends, int fd) {
      // Where nothing is given, whoever started us may have left something open under that number.
      if (ends.theirs)
        ::posix_spawn_file_actions_adddup2(&actions, ends.theirs.get(), fd);
      else
        ::posix_spawn_file_actions_addclose(&actions, fd);
    };
    give(output_pipe_, 1);
    give(output_pipe_, 2);
    give(channel_, kChannelFd);
    give(tsan_pipe_, kTsanFd);
    give(report_pipe_, kReportFd);
    give(control_pipe_, kControlFd);
    // A group of its own: ^C on the terminal reaches the harness alone, which ends its launchers in good
    // order.
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGINT);
    ::sigaddset(&defaults, SIGPIPE);
    ::sigaddset(&defaults, SIGTERM);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    const std::vector<std::string> command = launcher_command(spec_);
    const int code = ::posix_spawn(&launcher_, spec_.launcher.program.c_str(), &actions, &attributes,
                                   pointers(command).data(), pointers(spec_.environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (code != 0) return system_error("start " + printable(spec_.launcher.program.native()), code);
    for (Ends* ends : {&output_pipe_, &report_pipe_, &control_pipe_, &channel_, &tsan_pipe_})
      ends->theirs.reset();
    return {};
  }

  // Moves bytes until the launcher has reported or died; from then on nothing of the program is alive.
  void pump() {
    const auto overdue = std::chrono::steady_clock::now() + spec_.limits.wall + kAwakeEvery;
    for (;;) {
      std::array<pollfd, 4> fds = {
          pollfd{report_pipe_.ours.get(), POLLIN, 0}, pollfd{output_pipe_.ours.get(), POLLIN, 0},
          pollfd{channel_.ours.get(), POLLIN, 0}, pollfd{tsan_pipe_.ours.get(), POLLIN, 0}};
      const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(kAwakeEvery.count()));
      if (ready < 0) {
        RC_CHECK(errno == EINTR, "poll takes descriptors of our own");
        continue;
      }
      if (std::chrono::steady_clock::now() > overdue && !keep_launcher_awake(overdue)) return;
      if (fds[1].revents != 0) read_output();
      if (fds[2].revents != 0) read_event();
      if (fds[3].revents != 0) read_tsan();
      if (fds[0].revents != 0) {
        const ssize_t got = ::read(report_pipe_.ours.get(), buffer_.data(), buffer_.size());
        if (got < 0 && errno == EINTR) continue;
        // A record shorter than a pipe's atomic size comes whole or, if the launcher died, not at all.
        if (got == sizeof report_) std::memcpy(&report_, buffer_.data(), sizeof report_);
        return;
      }
    }
  }

  // Below sandbox level S1 a program can stop its launcher. Woken up, that ends it at once if its time is
  // over. False: it does not even do that, and is killed.
  bool keep_launcher_awake(std::chrono::steady_clock::time_point overdue) const {
    const bool patience_left = std::chrono::steady_clock::now() <
                               overdue + (kWallFactorMax - 1) * spec_.limits.wall + kLauncherPatience;
    ::kill(launcher_, SIGCONT);
    if (!patience_left) ::kill(launcher_, SIGKILL);
    return patience_left;
  }

  void drain() {
    for (UniqueFd* fd : {&output_pipe_.ours, &channel_.ours, &tsan_pipe_.ours})
      if (*fd) ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
    while (output_pipe_.ours && read_output()) {
    }
    while (channel_.ours && read_event()) {
    }
    while (tsan_pipe_.ours && read_tsan()) {
    }
  }

  // Each read_* returns whether there may be more; at end-of-file it closes the descriptor.
  bool read_output() {
    return read_from(output_pipe_.ours, [&](std::string_view bytes) {
      output_.add(bytes);
      if (output_.total() > spec_.limits.output_bytes) end_program();
    });
  }

  bool read_tsan() {
    return read_from(tsan_pipe_.ours, [&](std::string_view bytes) {
      tsan_log_ += bytes.substr(0, kTsanLogBytesMax - std::min(kTsanLogBytesMax, tsan_log_.size()));
    });
  }

  bool read_event() {
    return read_from(channel_.ours, [&](std::string_view bytes) {
      event_bytes_ += bytes.size();
      if (event_bytes_ > kChannelBytesMax) {
        events_cut_ = true;
        end_program();
        return;
      }
      const std::string answer = spec_.on_event(bytes);
      if (!answer.empty())
        (void)!::send(channel_.ours.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    });
  }

  template <class Take>
  bool read_from(UniqueFd& fd, Take take) {
    const ssize_t got = ::read(fd.get(), buffer_.data(), buffer_.size());
    if (got > 0) {
      take(std::string_view(buffer_.data(), static_cast<std::size_t>(got)));
      return true;
    }
    if (got < 0 && errno == EINTR) return true;
    if (got == 0 || errno != EAGAIN) fd.reset();
    return false;
  }

  // Asks the launcher to kill the program: too much output.
  void end_program() {
    ended_by_us_ = true;
    control_pipe_.ours.reset();
  }

  Result<LaunchOutcome> outcome() {
    if (report_.magic != kLaunchReportMagic)
      return environment_error("run " + printable(spec_.command.front()) +
                               ": the launcher died; was it killed, or is the machine out of memory?");
    if (report_.setup_step != SetupStep::none)
      return system_error("run " + printable(spec_.command.front()) + " at sandbox level " +
                              std::string(to_text(spec_.launcher.level)) + ": " +
                              std::string(kSetupStepText.at(static_cast<std::size_t>(report_.setup_step))),
                          report_.setup_errno);
    if (report_.limit == LaunchLimit::starved)
      return environment_error("run " + printable(spec_.command.front()) +
                               ": the machine is so busy that it got less than a twentieth of a core");
    LaunchOutcome result;
    KernelFacts& kernel = result.kernel;
    if (WIFEXITED(report_.wait_status)) kernel.exit_code = WEXITSTATUS(report_.wait_status);
    if (WIFSIGNALED(report_.wait_status)) kernel.signal = WTERMSIG(report_.wait_status);
    kernel.file_limit_hit = kernel.signal == SIGXFSZ;
    kernel.limit_hit = limit_hit();
    kernel.survivors = report_.survivors;
    kernel.wall = std::chrono::microseconds(report_.wall_us);
    kernel.charged = std::chrono::microseconds(report_.charged_us);
    kernel.cpu = std::chrono::microseconds(report_.cpu_us);
    kernel.memory_peak_bytes = report_.memory_peak_bytes;
    result.memory_guard = report_.memory_guard;
    result.output = output_.text();
    result.output_cut = output_.cut();
    result.tsan_log = std::move(tsan_log_);
    result.events_cut = events_cut_;
    return result;
  }

  [[nodiscard]] LimitHit limit_hit() const {
    // Too much output counts even if the program ended before the launcher could kill it, or the verdict
    // would depend on who was faster.
    if (ended_by_us_) return LimitHit::output;
    switch (report_.limit) {
      case LaunchLimit::wall_blocked:
        return LimitHit::wall_blocked;
      case LaunchLimit::wall_spinning:
        return LimitHit::wall_spinning;
      case LaunchLimit::cpu:
        return LimitHit::cpu;
      case LaunchLimit::memory:
        return LimitHit::memory;
      case LaunchLimit::processes:
        return LimitHit::processes;
      case LaunchLimit::disk:
        return LimitHit::disk;
      case LaunchLimit::none:
      case LaunchLimit::control:
      case LaunchLimit::starved:
        break;
    }
    // The kernel's own CPU limit, for a single process that slipped between two samples.
    if (WIFSIGNALED(report_.wait_status) && WTERMSIG(report_.wait_status) == SIGXCPU) return LimitHit::cpu;
    return LimitHit::none;
  }

  const LaunchSpec& spec_;
  Ends output_pipe_, report_pipe_, control_pipe_, channel_, tsan_pipe_;
  pid_t launcher_ = -1;
  LaunchReport report_;
  KeptOutput output_;
  std::string tsan_log_;
  std::size_t event_bytes_ = 0;
  bool events_cut_ = false;
  bool ended_by_us_ = false;
  std::array<char, 256u << 10> buffer_;  // Holds the longest message of the channel whole.
};

}  // namespace

std::vector<fs::path> system_places() {
  return {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/sbin", "/usr/lib",
          "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/include", "/usr/local/bin",
          "/usr/local/lib", "/usr/local/include", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf",
          "/etc/ld.so.conf.d",
          // The C library counts the processors here.
          "/sys/devices/system/cpu"};
}

Result<LaunchOutcome> launch(const LaunchSpec& spec) {
  const auto run = std::make_unique<Run>(spec);
  return run->execute();
}

}  // namespace racecourse
