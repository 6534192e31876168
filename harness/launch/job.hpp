// Job: what racecourse-launch is to do, as its command line says it. Used by the launcher only.
//
//   racecourse-launch LEVEL WALL_MS CPU_MS MEMORY_BYTES PROCESSES OPEN_FILES FILE_BYTES DISK_BYTES DISK_FILES
//   FOLDER
//                     [r PATH | w PATH | p PATH]... -- PROGRAM ARGUMENTS...
//
// r: a file or folder to be read and executed; w: a folder whose content stays; p: a folder of the program's
// own. The harness's side is launcher_command in launch.cpp; both belong to one build, so nothing is
// optional.
#pragma once

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace racecourse {

// The devices that every program may use: what it reads from or writes to them concerns nobody else.
inline constexpr std::array kHarmlessDevices = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                                "/dev/urandom"};

struct Job {
  int level = 0;  // 0 to 4: S0 to S4; launcher.cpp says what each one means.
  std::chrono::milliseconds wall{};
  std::chrono::microseconds cpu{};
  std::uint64_t memory_bytes = 0;
  std::uint64_t processes = 0;
  rlim_t open_files = 0;
  rlim_t file_bytes = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t disk_files = 0;
  const char* folder = nullptr;
  std::vector<const char*> readable;
  std::vector<const char*> writable;
  std::vector<const char*> own;
  char** program = nullptr;

  [[nodiscard]] bool has_namespaces() const { return level >= 3; }
  // The kernel stops the growth of processes here. More than the limit, so that it is the launcher which sees
  // the limit passed, and says so the same way at every level.
  [[nodiscard]] std::uint64_t processes_ceiling() const { return processes + processes / 4 + 32; }
};

// Nothing: the command line is not ours.
[[nodiscard]] std::optional<Job> job_of(int argc, char** argv);

}  // namespace racecourse
