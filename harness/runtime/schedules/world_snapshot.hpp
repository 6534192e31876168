// The world's globals and heap as they are before the first execution, and the way back to them.
//
// Globals: the writable segments of the modules named, and ranges that the driver names. Small ones are
// copied; a large one (a table of megabytes) is mapped privately from a file in memory, so that going back
// costs what was touched. Only the exploring OS thread may call this; the world must not be running.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace racecourse::schedules {

class WorldSnapshot {
 public:
  // Takes the snapshot. `modules` are file names such as "submission.so".
  explicit WorldSnapshot(const std::vector<std::string_view>& modules);
  WorldSnapshot(const WorldSnapshot&) = delete;
  WorldSnapshot& operator=(const WorldSnapshot&) = delete;
  ~WorldSnapshot();

  void restore();
  // Bytes of globals that are put back.
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Range {
    char* begin = nullptr;
    std::size_t size = 0;
    std::vector<char> copy;  // Empty for a range that is mapped.
  };
  void add(char* begin, std::size_t size);
  bool map_from_memory(char* begin, std::size_t size);

  std::vector<Range> ranges_;
};

}  // namespace racecourse::schedules
