// DiskUse: how much of the disk a run has filled so far. Used by the launcher only.
#pragma once

#include <vector>

#include "base/fd.hpp"
#include "launch/job.hpp"
#include "launch/pathless_files.hpp"

namespace racecourse {

class DiskUse {
 public:
  // Made before the program starts: what is in its folders now is not its own.
  explicit DiskUse(const Job& job);

  // A descriptor of the file system in memory that holds job.own, where it has one. All of it counts: it was
  // made for this run, and may have been used by the program before we hear of it.
  void count_file_system(UniqueFd own) { own_ = std::move(own); }

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
