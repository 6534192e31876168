#include "launch/cgroup.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace racecourse {

namespace {

constexpr std::string_view kPrefix = "racecourse-";

bool has_word(const std::string& list, std::string_view word, char separator) {
  std::istringstream words(list);
  for (std::string each; std::getline(words, each, separator);)
    if (each == word) return true;
  return false;
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Where a hierarchy is mounted, and which group this process is in: its children are groups that we may make.
struct Hierarchies {
  std::string memory_mount, pids_mount, unified_mount;
  std::string memory_own, pids_own, unified_own;
};

Hierarchies find_hierarchies() {
  Hierarchies found;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string device, place, type, options;
    fields >> device >> place >> type >> options;
    if (type == "cgroup2") found.unified_mount = place;
    if (type == "cgroup" && has_word(options, "memory", ',')) found.memory_mount = place;
    if (type == "cgroup" && has_word(options, "pids", ',')) found.pids_mount = place;
  }
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string own = line.substr(second + 1);
    if (controllers.empty()) found.unified_own = own;
    if (has_word(controllers, "memory", ',')) found.memory_own = own;
    if (has_word(controllers, "pids", ',')) found.pids_own = own;
  }
  return found;
}

// In a container the path may be the host's, and then does not exist below the mount.
std::string own_group(const std::string& mount, const std::string& own) {
  const std::string path = own == "/" ? mount : mount + own;
  return ::access(path.c_str(), F_OK) == 0 ? path : mount;
}

// A launcher that was killed could not remove its group. A group in which something lives cannot be removed.
void remove_abandoned(const std::string& parent) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(parent.c_str()), ::closedir);
  if (!folder) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(kPrefix)) continue;
    const pid_t launcher = std::atoi(entry->d_name + kPrefix.size());
    if (launcher > 0 && ::kill(launcher, 0) != 0 && errno == ESRCH)
      ::rmdir((parent + "/" + entry->d_name).c_str());
  }
}

bool make_group(const std::string& parent, std::vector<std::string>& folders) {
  remove_abandoned(parent);
  const std::string path = parent + "/" + std::string(kPrefix) + std::to_string(::getpid());
  ::rmdir(path.c_str());  // Of an earlier process of the same id.
  if (::mkdir(path.c_str(), 0755) != 0) return false;
  folders.push_back(path);
  return true;
}

bool write_value(const std::string& path, const std::string& value) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

// Whether a file of lines "NAME COUNT" counts any `name`.
bool counted(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  std::uint64_t count = 0;
  for (std::string each; file >> each >> count;)
    if (each == name) return count > 0;
  return false;
}

}  // namespace

std::optional<Cgroup> Cgroup::make(const Job& job) {
  const Hierarchies found = find_hierarchies();
  Cgroup group;
  if (!found.memory_mount.empty() && !found.pids_mount.empty()) {
    if (group.make_version1(job, own_group(found.memory_mount, found.memory_own),
                            own_group(found.pids_mount, found.pids_own)))
      return group;
    return std::nullopt;
  }
  if (found.unified_mount.empty()) {
    errno = ENOSYS;
    return std::nullopt;
  }
  // A group with processes of its own, as ours mostly is, cannot have children with limits; the root group
  // can.
  for (const std::string& parent : {own_group(found.unified_mount, found.unified_own), found.unified_mount}) {
    const std::string enabled = first_line(parent + "/cgroup.subtree_control");
    if (!has_word(enabled, "memory", ' ') || !has_word(enabled, "pids", ' ')) continue;
    if (group.make_version2(job, parent)) return group;
    return std::nullopt;
  }
  errno = EOPNOTSUPP;
  return std::nullopt;
}

bool Cgroup::make_version1(const Job& job, const std::string& memory, const std::string& pids) {
  if (!make_group(memory, folders_)) return false;
  if (pids != memory && !make_group(pids, folders_)) return false;
  const std::string memory_bytes = std::to_string(job.memory_bytes + kGroupMemoryExtraBytes);
  if (!write_value(folders_.front() + "/memory.limit_in_bytes", memory_bytes)) return false;
  // Memory and swap together, where the kernel counts swap.
  (void)write_value(folders_.front() + "/memory.memsw.limit_in_bytes", memory_bytes);
  if (!write_value(folders_.back() + "/pids.max", std::to_string(job.processes_ceiling()))) return false;
  for (const std::string& folder : folders_) {
    // `tasks` and not `cgroup.procs`: moving oneself alone spares waiting for all processors, some 10 ms.
    joins_.emplace_back(::open((folder + "/tasks").c_str(), O_WRONLY | O_CLOEXEC));
    if (!joins_.back()) return false;
  }
  return true;
}

bool Cgroup::make_version2(const Job& job, const std::string& parent) {
  if (!make_group(parent, folders_)) return false;
  const std::string& folder = folders_.front();
  folder_ = UniqueFd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  (void)write_value(folder + "/memory.swap.max", "0");
  return folder_ &&
         write_value(folder + "/memory.max", std::to_string(job.memory_bytes + kGroupMemoryExtraBytes)) &&
         write_value(folder + "/pids.max", std::to_string(job.processes_ceiling()));
}

pid_t Cgroup::fork_child() const {
  if (!folder_) return ::fork();
  // Born in the group: moving a process waits for all processors.
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(folder_.get());
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

bool Cgroup::join() const {
  for (const UniqueFd& tasks : joins_)
    if (::write(tasks.get(), "0", 1) != 1) return false;
  return true;
}

bool Cgroup::out_of_memory() const {
  return counted(folders_.front() + (folder_ ? "/memory.events" : "/memory.oom_control"), "oom_kill");
}

bool Cgroup::refused_processes() const { return counted(folders_.back() + "/pids.events", "max"); }

Cgroup::~Cgroup() {
  // The last process is gone, but the kernel may still be at clearing up after it.
  for (const std::string& folder : folders_) {
    for (int i = 0; i < 200 && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++i) {
      const timespec pause{0, 500'000};
      ::nanosleep(&pause, nullptr);
    }
  }
}

}  // namespace racecourse
