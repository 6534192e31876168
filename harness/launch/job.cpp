#include "launch/job.hpp"

#include <cstdlib>
#include <cstring>

namespace racecourse {

std::optional<Job> job_of(int argc, char** argv) {
  constexpr int kFirstPath = 11;
  if (argc < kFirstPath + 2) return std::nullopt;
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  Job job{.level = static_cast<int>(number(1)),
          .wall = std::chrono::milliseconds(number(2)),
          .cpu = std::chrono::milliseconds(number(3)),
          .memory_bytes = number(4),
          .processes = number(5),
          .open_files = number(6),
          .file_bytes = number(7),
          .disk_bytes = number(8),
          .disk_files = number(9),
          .folder = argv[10],
          .readable = {},
          .writable = {},
          .own = {}};
  int at = kFirstPath;
  for (; at + 1 < argc && std::strcmp(argv[at], "--") != 0; at += 2) {
    switch (argv[at][0]) {
      case 'r':
        job.readable.push_back(argv[at + 1]);
        break;
      case 'w':
        job.writable.push_back(argv[at + 1]);
        break;
      case 'p':
        job.own.push_back(argv[at + 1]);
        break;
      default:
        return std::nullopt;
    }
  }
  if (at + 1 >= argc || job.level > 4) return std::nullopt;
  job.program = argv + at + 1;
  return job;
}

}  // namespace racecourse
