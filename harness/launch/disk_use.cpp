#include "launch/disk_use.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <memory>
#include <string_view>

namespace racecourse {

namespace {

// No honest program nests folders so deeply; one that does has used up its files.
constexpr int kDepthMax = 48;

// The root folder of a file system that nobody has used.
constexpr std::uint64_t kFilesOfNewFileSystem = 1;

}  // namespace

DiskUse::DiskUse(const Job& job) : job_(job) {
  std::vector<const char*> folders = job.writable;
  if (!job.has_namespaces()) folders.insert(folders.end(), job.own.begin(), job.own.end());
  for (const char* folder : folders)
    folders_.emplace_back(::open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  at_start_ = amount();
}

bool DiskUse::exceeded(const PathlessFiles& pathless) const {
  const Amount now = amount();
  return now.bytes + pathless.disk_bytes > at_start_.bytes + job_.disk_bytes ||
         now.files + pathless.disk_files > at_start_.files + job_.disk_files;
}

Devices DiskUse::devices() const {
  Devices devices;
  struct stat status {};
  if (own_ && ::fstat(own_.get(), &status) == 0) devices.counted_elsewhere.push_back(status.st_dev);
  for (const UniqueFd& folder : folders_)
    if (folder && ::fstat(folder.get(), &status) == 0) devices.of_folders.push_back(status.st_dev);
  return devices;
}

DiskUse::Amount DiskUse::amount() const {
  Amount sum;
  struct statfs system {};
  if (own_ && ::fstatfs(own_.get(), &system) == 0) {
    sum.bytes += static_cast<std::uint64_t>(system.f_blocks - system.f_bfree) *
                 static_cast<std::uint64_t>(system.f_bsize);
    sum.files += system.f_files - system.f_ffree - kFilesOfNewFileSystem;
  }
  for (const UniqueFd& folder : folders_)
    if (folder) add_folder(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, sum);
  return sum;
}

void DiskUse::add_folder(int folder, int depth, Amount& sum) const {
  if (folder < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(folder), ::closedir);
  if (!entries) {
    ::close(folder);
    return;
  }
  if (depth > kDepthMax) sum.files += job_.disk_files + 1;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    // Enough is enough: what is too much need not be counted to its end.
    if (sum.files > at_start_.files + job_.disk_files) return;
    ++sum.files;
    struct stat status {};
    if (::fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    sum.bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    if (S_ISDIR(status.st_mode))
      add_folder(::openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), depth + 1,
                 sum);
  }
}

}  // namespace racecourse
