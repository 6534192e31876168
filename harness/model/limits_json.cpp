#include "model/limits_json.hpp"

#include <algorithm>

namespace racecourse {

namespace {

// Wide bounds, there to catch a wrong unit or a stray digit: an hour a run, a day a lab, and more of
// everything else than a teaching lab has any use for. The lower ones keep a process able to start at all.
constexpr std::int64_t kRunMsMax = 3'600'000;
constexpr std::int64_t kLabMsMax = 86'400'000;
constexpr std::int64_t kMemoryMbMin = 16;
constexpr std::int64_t kMemoryMbMax = 65'536;
constexpr std::int64_t kProcessesMax = 4'096;
constexpr std::int64_t kOpenFilesMin = 16;
constexpr std::int64_t kOpenFilesMax = 65'536;
constexpr std::int64_t kFileMbMax = 4'096;
constexpr std::int64_t kOutputKbMax = 65'536;

}  // namespace

Limits limits_over(const JsonCursor& at, Limits base) {
  using std::chrono::milliseconds;
  at.object({"wall_ms", "cpu_ms", "memory_mb", "processes", "open_files", "file_mb", "output_kb"});
  if (const auto v = at.optional("wall_ms")) base.wall = milliseconds(v->integer(1, kRunMsMax));
  if (const auto v = at.optional("cpu_ms")) base.cpu = milliseconds(v->integer(1, kRunMsMax));
  if (const auto v = at.optional("memory_mb"))
    base.memory_bytes = static_cast<std::uint64_t>(v->integer(kMemoryMbMin, kMemoryMbMax)) << 20;
  if (const auto v = at.optional("processes"))
    base.processes = static_cast<std::uint32_t>(v->integer(1, kProcessesMax));
  if (const auto v = at.optional("open_files"))
    base.open_files = static_cast<std::uint32_t>(v->integer(kOpenFilesMin, kOpenFilesMax));
  if (const auto v = at.optional("file_mb"))
    base.file_bytes = static_cast<std::uint64_t>(v->integer(0, kFileMbMax)) << 20;
  base.disk_bytes = std::max(base.disk_bytes, 4 * base.file_bytes);
  if (const auto v = at.optional("output_kb"))
    base.output_bytes = static_cast<std::uint64_t>(v->integer(1, kOutputKbMax)) << 10;
  return base;
}

std::chrono::milliseconds wall_total_at(const JsonCursor& at) {
  return std::chrono::milliseconds(at.integer(1, kLabMsMax));
}

}  // namespace racecourse
