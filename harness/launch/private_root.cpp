// What is to be visible is cloned into detached mounts before anything is mounted over it; then an empty file
// system takes the place of the root, the clones are attached to it, and the old root goes.
#include "launch/private_root.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <string>

#include "base/fd.hpp"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace racecourse {

namespace {

// Any folder that every system has; it is only the ground on which the new root is built.
constexpr const char* kGround = "/dev";

struct Shown {
  const char* path;
  UniqueFd mount;
  std::string link;  // A symbolic link is shown as one; empty: it is none.
  bool folder = false;
};

UniqueFd clone_of(const char* path, bool writable, bool device) {
  UniqueFd mount(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)));
  if (!mount) return mount;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOSUID;
  if (!device) attributes.attr_set |= MOUNT_ATTR_NODEV;
  if (!writable && !device) attributes.attr_set |= MOUNT_ATTR_RDONLY;
  if (::syscall(SYS_mount_setattr, mount.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                sizeof attributes) != 0)
    return {};
  return mount;
}

// A readable path that is not there stays out.
bool collect(const std::vector<const char*>& paths, bool writable, bool device, std::vector<Shown>& out) {
  for (const char* path : paths) {
    struct stat status {};
    if (::lstat(path, &status) != 0) {
      if (errno == ENOENT && !writable) continue;
      return false;
    }
    Shown shown{.path = path, .mount = {}, .link = {}, .folder = S_ISDIR(status.st_mode)};
    if (S_ISLNK(status.st_mode)) {
      std::array<char, PATH_MAX> target{};
      const ssize_t length = ::readlink(path, target.data(), target.size());
      if (length <= 0) return false;
      shown.link.assign(target.data(), static_cast<std::size_t>(length));
    } else {
      shown.mount = clone_of(path, writable, device);
      if (!shown.mount) return false;
    }
    out.push_back(std::move(shown));
  }
  return true;
}

// Makes the folders above `path`, and it itself if `last`, below the current folder.
bool make_folders(std::string path, bool last) {
  path.erase(0, path.find_first_not_of('/'));
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (::mkdir(path.substr(0, slash).c_str(), 0755) != 0 && errno != EEXIST) return false;
  }
  return !last || ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

const char* below_here(const char* path) {
  while (*path == '/') ++path;
  return path;
}

bool show(const Shown& shown) {
  if (!make_folders(shown.path, shown.folder)) return false;
  const char* place = below_here(shown.path);
  if (!shown.link.empty()) return ::symlink(shown.link.c_str(), place) == 0 || errno == EEXIST;
  if (!shown.folder) {
    const UniqueFd file(::open(place, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file && errno != EROFS && errno != EACCES) return false;
  }
  return ::syscall(SYS_move_mount, shown.mount.get(), "", AT_FDCWD, place, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

bool mount_memory(const char* place, uid_t owner, std::uint64_t bytes, std::uint64_t files, unsigned mode) {
  std::array<char, 160> options{};
  std::snprintf(options.data(), options.size(), "size=%llu,nr_inodes=%llu,mode=%o,uid=%u",
                static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(files), mode, owner);
  return ::mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, options.data()) == 0;
}

bool mount_own(const Job& job, uid_t owner) {
  for (const char* path : job.own) {
    if (!make_folders(path, true)) return false;
    if (!mount_memory(below_here(path), owner, 2 * job.disk_bytes + (1u << 20), 2 * job.disk_files + 64,
                      0700))
      return false;
  }
  return true;
}

bool make_system_places(const Job& job, uid_t owner) {
  if (::mkdir("proc", 0755) != 0 ||
      ::mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return false;
  if (!make_folders("/dev/shm", true) ||
      !mount_memory("dev/shm", owner, job.disk_bytes, job.disk_files + 64, 01777))
    return false;
  // Conventional names for the descriptors.
  return ::symlink("/proc/self/fd", "dev/fd") == 0 && ::symlink("/proc/self/fd/0", "dev/stdin") == 0 &&
         ::symlink("/proc/self/fd/1", "dev/stdout") == 0 && ::symlink("/proc/self/fd/2", "dev/stderr") == 0;
}

}  // namespace

int enter_private_root(const Job& job, uid_t owner) {
  // Nothing that is mounted here may appear outside.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return -1;
  std::vector<Shown> all;
  if (!collect(job.readable, false, false, all) ||
      !collect({kHarmlessDevices.begin(), kHarmlessDevices.end()}, false, true, all) ||
      !collect(job.writable, true, false, all))
    return -1;
  if (!mount_memory(kGround, owner, 1u << 20, 4096, 0755) || ::chdir(kGround) != 0) return -1;
  for (const Shown& shown : all)
    if (!show(shown)) return -1;
  if (!mount_own(job, owner) || !make_system_places(job, owner)) return -1;
  // The old root comes to lie over the new one and is taken away there.
  if (::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0)
    return -1;
  if (::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, nullptr) != 0)
    return -1;
  return ::open(job.own.empty() ? "/" : job.own.front(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace racecourse
