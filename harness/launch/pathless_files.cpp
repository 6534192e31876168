#include "launch/pathless_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <utility>

#include "base/fd.hpp"

namespace racecourse {

namespace {

using Identity = std::pair<dev_t, ino_t>;

bool contains(const std::vector<dev_t>& devices, dev_t device) {
  return std::ranges::find(devices, device) != devices.end();
}

bool is_in_memory(int folder, const char* name) {
  // Opened without its content: what is not a regular file could block or act.
  const UniqueFd file(::openat(folder, name, O_PATH | O_CLOEXEC));
  struct statfs system {};
  if (!file || ::fstatfs(file.get(), &system) != 0) return false;
  return system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC || system.f_type == HUGETLBFS_MAGIC;
}

void add_files_of(pid_t process, const Devices& devices, std::set<Identity>& seen, PathlessFiles& sum) {
  std::array<char, 64> path{};
  std::snprintf(path.data(), path.size(), "/proc/%d/fd", process);
  const std::unique_ptr<DIR, int (*)(DIR*)> descriptors(::opendir(path.data()), ::closedir);
  if (!descriptors) return;
  const int folder = ::dirfd(descriptors.get());
  while (const dirent* entry = ::readdir(descriptors.get())) {
    struct stat status {};
    // The entry is a link to the open file itself, whatever its name says.
    if (::fstatat(folder, entry->d_name, &status, 0) != 0) continue;
    if (!S_ISREG(status.st_mode) || status.st_nlink != 0) continue;
    if (contains(devices.counted_elsewhere, status.st_dev)) continue;
    if (!seen.emplace(status.st_dev, status.st_ino).second) continue;
    const std::uint64_t bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
    if (!contains(devices.of_folders, status.st_dev) && is_in_memory(folder, entry->d_name)) {
      sum.memory_bytes += bytes;
    } else {
      sum.disk_bytes += bytes;
      ++sum.disk_files;
    }
  }
}

}  // namespace

PathlessFiles find_pathless_files(const std::vector<pid_t>& processes, const Devices& devices) {
  std::set<Identity> seen;
  PathlessFiles sum;
  for (const pid_t process : processes) add_files_of(process, devices, seen, sum);
  return sum;
}

}  // namespace racecourse
