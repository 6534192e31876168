#include "launch/choose_level.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "launch/landlock.hpp"

namespace racecourse {

namespace {

// Small, so that the probe passes it soon, and above the two processes that its other attempts take.
constexpr std::uint32_t kProbeProcesses = 12;
constexpr int kProbeWithoutProcesses = 3;  // Its exit code where it cannot start that many.

// What the probe attacks: a file, and sockets on which somebody listens.
struct Bait {
  ScratchDirectory folder;
  std::string abstract_name;
  int port = 0;  // 0: there is no loopback network.
  UniqueFd abstract_socket, file_socket, tcp_socket;
};

UniqueFd listening(int family, const void* address, std::size_t size) {
  UniqueFd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket ||
      ::bind(socket.get(), static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) != 0 ||
      ::listen(socket.get(), 8) != 0)
    return {};
  return socket;
}

Result<Bait> lay_bait() {
  static std::atomic<unsigned> counter{0};
  RC_ASSIGN(ScratchDirectory folder, ScratchDirectory::make(fs::temp_directory_path()));
  RC_TRY(write_file_atomically(folder.path() / "secret", "secret"));
  // Open to everybody by its mode: what keeps the probe out must be the sandbox.
  RC_TRY(let_all_read(folder.path()));
  Bait bait{
      .folder = std::move(folder),
      .abstract_name = "racecourse-bait-" + std::to_string(::getpid()) + "-" + std::to_string(counter++),
      .abstract_socket = {},
      .file_socket = {},
      .tcp_socket = {}};
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path + 1, bait.abstract_name.data(), bait.abstract_name.size());
  bait.abstract_socket =
      listening(AF_UNIX, &name, offsetof(sockaddr_un, sun_path) + 1 + bait.abstract_name.size());
  name = {};
  name.sun_family = AF_UNIX;
  const std::string path = (bait.folder.path() / "socket").native();
  if (path.size() < sizeof name.sun_path) {
    std::memcpy(name.sun_path, path.data(), path.size());
    bait.file_socket = listening(AF_UNIX, &name, sizeof name);
    ::chmod(path.c_str(), 0777);
  }
  sockaddr_in port{};
  port.sin_family = AF_INET;
  port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bait.tcp_socket = listening(AF_INET, &port, sizeof port);
  socklen_t size = sizeof port;
  if (bait.tcp_socket && ::getsockname(bait.tcp_socket.get(), reinterpret_cast<sockaddr*>(&port), &size) == 0)
    bait.port = ntohs(port.sin_port);
  return bait;
}

std::map<std::string, ProbeAnswer> answers_in(const std::string& output) {
  std::map<std::string, ProbeAnswer> answers;
  std::istringstream lines(output);
  for (std::string name, text; lines >> name >> text;)
    if (const std::optional<ProbeAnswer> answer = probe_answer_from(text)) answers[printable(name)] = *answer;
  return answers;
}

std::string in_words(std::string_view probe) {
  std::string words(probe);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::map<std::string, std::string> limits_at(SandboxLevel level, MemoryGuard guard) {
  const char* const polling = "polling every 5 ms";
  // Next to the polling, which is there at every level.
  const auto and_polling = [&](std::string_view first) {
    return std::string(first).append(", ").append(polling);
  };
  const std::string with_group = and_polling(guard == MemoryGuard::cgroup_v2 ? "cgroup v2" : "cgroup v1");
  const bool by_user = level >= SandboxLevel::s2;
  return {{"memory", guard == MemoryGuard::polling ? polling : with_group},
          {"processes", guard != MemoryGuard::polling ? with_group
                        : by_user                     ? and_polling("RLIMIT_NPROC")
                                                      : polling},
          {"disk", level >= SandboxLevel::s3 ? and_polling("a file system in memory") : polling},
          {"time", polling}};
}

std::string text_of(SandboxLevel level) {
  // A level may hold without Landlock, and the grade must not claim what was not there.
  const int version = landlock_version();
  const std::string landlock =
      version > 0 ? "Landlock (version " + std::to_string(version) + ")" : "no Landlock";
  switch (level) {
    case SandboxLevel::s4:
      return "Namespaces, " + landlock + ", seccomp and a cgroup.";
    case SandboxLevel::s3:
      return "Namespaces, " + landlock + " and seccomp.";
    case SandboxLevel::s2:
      return "Another user, " + landlock + " and seccomp.";
    case SandboxLevel::s1:
      return landlock + " and seccomp.";  // Never without: the probe would not have held.
    case SandboxLevel::s0:
      break;
  }
  return "Limits only: submissions have the rights of whoever grades.";
}

std::string word_in(const char* path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

}  // namespace

bool is_excepted(SandboxLevel level, const std::string& probe) {
  // Neither Landlock nor another user hides that a file or a process exists.
  if (level <= SandboxLevel::s2)
    return probe == "see_hidden" || probe == "see_processes" || level == SandboxLevel::s0;
  return false;
}

Result<LevelTrial> try_level(const Launcher& launcher, const fs::path& probe,
                             const std::vector<fs::path>& hidden) {
  RC_ASSIGN(const Bait bait, lay_bait());
  RC_ASSIGN(const ScratchDirectory own, ScratchDirectory::make(fs::temp_directory_path()));
  LaunchSpec spec;
  spec.launcher = launcher;
  spec.visible = {.readable = {probe}, .writable = {}, .own = {own.path()}};
  spec.folder = own.path();
  spec.command = {probe.native(),     std::to_string(::getpid()), bait.folder.path().native(),
                  bait.abstract_name, std::to_string(bait.port),  std::to_string(kProbeProcesses)};
  for (const fs::path& place : hidden) spec.command.push_back(place.native());
  spec.limits.wall = std::chrono::seconds(5);
  spec.limits.processes = kProbeProcesses;
  LevelTrial trial{.level = launcher.level, .why_not = {}, .probes = {}, .limits = {}};
  const Result<LaunchOutcome> outcome = launch(spec);
  if (!outcome) {
    // At S0 there is nothing that could be missing: then nothing can be started at all.
    if (launcher.level == SandboxLevel::s0) return std::unexpected(outcome.error());
    trial.why_not = outcome.error().message;
    return trial;
  }
  if (outcome->kernel.exit_code == kProbeWithoutProcesses)
    return environment_error(
        "find out the sandbox level: this machine gives no " + std::to_string(kProbeProcesses) +
        " processes more; end some, or raise the limit (ulimit -u, pids.max of the cgroup)");
  trial.probes = answers_in(outcome->output);
  trial.limits = limits_at(launcher.level, outcome->memory_guard);
  if (trial.probes.erase("done") == 0)
    trial.why_not = "the probe did not come to its end: " + printable(shorten(outcome->output, 400));
  trial.probes["outgrow_processes"] =
      outcome->kernel.limit_hit == LimitHit::processes ? ProbeAnswer::held : ProbeAnswer::escaped;
  for (const auto& [name, answer] : trial.probes)
    if (answer == ProbeAnswer::escaped && !is_excepted(launcher.level, name) && trial.why_not.empty())
      trial.why_not = "a program can " + in_words(name);
  return trial;
}

Result<std::vector<LevelTrial>> choose_level(const fs::path& launcher, const fs::path& probe,
                                             const LevelSearch& search) {
  std::vector<LevelTrial> trials;
  for (const SandboxLevel level :
       {SandboxLevel::s4, SandboxLevel::s3, SandboxLevel::s2, SandboxLevel::s1, SandboxLevel::s0}) {
    if (level > search.strictest) continue;
    // Another user needs root; S1 is what is left for others.
    if (level == SandboxLevel::s2 && ::geteuid() != 0) continue;
    RC_ASSIGN(LevelTrial trial, try_level({.program = launcher, .level = level}, probe, search.hidden));
    const bool holds = trial.why_not.empty();
    trials.push_back(std::move(trial));
    if (holds) break;
  }
  return trials;
}

Sandbox sandbox_of(const std::vector<LevelTrial>& trials) {
  const LevelTrial& chosen = trials.back();
  Sandbox sandbox{
      .level = chosen.level, .note = text_of(chosen.level), .probes = chosen.probes, .limits = chosen.limits};
  for (const LevelTrial& trial : trials)
    if (!trial.why_not.empty())
      sandbox.note += " Not " + std::string(to_text(trial.level)) + ": " + trial.why_not + ".";
  return sandbox;
}

std::vector<std::string> ways_to_a_better_level(const std::vector<LevelTrial>& trials) {
  const SandboxLevel level = trials.back().level;
  const bool root = ::geteuid() == 0;
  std::vector<std::string> ways;
  if (level < SandboxLevel::s3) {
    if (word_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1")
      ways.emplace_back(
          "Ubuntu keeps user namespaces from programs without a profile: sudo sysctl -w "
          "kernel.apparmor_restrict_unprivileged_userns=0");
    if (word_in("/proc/sys/kernel/unprivileged_userns_clone") == "0")
      ways.emplace_back(
          "user namespaces are switched off: sudo sysctl -w kernel.unprivileged_userns_clone=1");
    if (word_in("/proc/sys/user/max_user_namespaces") == "0")
      ways.emplace_back("user namespaces are switched off: sudo sysctl -w user.max_user_namespaces=10000");
    std::error_code code;
    if (fs::exists("/.dockerenv", code) || fs::exists("/run/.containerenv", code))
      ways.emplace_back(
          root ? "in a container namespaces need more rights: docker run --cap-add SYS_ADMIN --security-opt "
                 "seccomp=unconfined --security-opt apparmor=unconfined, or a virtual machine"
               : "in a container, grade as its root user");
    if (!root) ways.emplace_back("grade as root: submissions then run as a user of their own");
  }
  if (root && level == SandboxLevel::s1)
    ways.emplace_back(
        "let other users pass to Racecourse's build folder (chmod o+x on the folders above it)");
  if (level == SandboxLevel::s3)
    ways.emplace_back(
        root ? "give root the cgroup controllers memory and pids: with cgroup v2, echo '+memory +pids' "
               ">/sys/fs/cgroup/cgroup.subtree_control"
             : "grade as root, for a memory limit by cgroup");
  return ways;
}

}  // namespace racecourse
