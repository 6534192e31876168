// DiskUse: how much of the disk a run has filled so far. Used by the launcher only.
#pragma once

#include <vector>

#include "base/fd.hpp"
#include "launch/job.hpp"
#include "launch/pathless_files.hpp"

namespace racecourse {

class DiskUse {
 public:
  // `own`: a descriptor of the file system in memory that holds job.own; empty where job.own are plain
  // folders. Folders are counted from what is in them now.
  DiskUse(const Job& job, UniqueFd own);

  // More than the job's bytes or files, with what the program has open outside every folder.
  [[nodiscard]] bool exceeded(const PathlessFiles& pathless) const;

  // In a file system of the program's own deleted files count anyway.
  [[nodiscard]] Devices devices() const;

 private:
  struct Amount {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
  };
  [[nodiscard]] Amount amount() const;
  void add_folder(int folder, int depth, Amount& sum) const;

  const Job& job_;
  UniqueFd own_;
  std::vector<UniqueFd> folders_;
  Amount at_start_;
};

}  // namespace racecourse
