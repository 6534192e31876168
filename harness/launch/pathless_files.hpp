// Files that fill a disk or the memory without being in any folder: deleted and still open, or made by
// memfd_create(). Used by the launcher only; single-threaded.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace racecourse {

struct PathlessFiles {
  std::uint64_t disk_bytes = 0;
  std::uint64_t disk_files = 0;
  std::uint64_t memory_bytes = 0;
};

// What lies on which file system.
struct Devices {
  std::vector<dev_t> of_folders;  // Of the disk, even where they are in memory, as /tmp often is.
  std::vector<dev_t> counted_elsewhere;
};

// Those that `processes` have open, each file once. A file system in memory that holds none of the folders,
// as memfd's does not, counts as memory. A file that is only mapped, or under way in a socket, is not found;
// neither is one of a process that has forbidden tracing, unless the caller is privileged.
[[nodiscard]] PathlessFiles find_pathless_files(const std::vector<pid_t>& processes, const Devices& devices);

}  // namespace racecourse
