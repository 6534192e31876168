#include "launch/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/fd.hpp"

namespace racecourse {

namespace {

// The kernel's headers may be older than the kernel, so newer members and flags have names of our own.
struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;  // Since version 4.
  std::uint64_t scoped = 0;   // Since version 6.
};
constexpr std::uint64_t kRefer = 1u << 13;     // Version 2: moving files between folders.
constexpr std::uint64_t kTruncate = 1u << 14;  // Version 3.
constexpr std::uint64_t kIoctlDev = 1u << 15;  // Version 5.
constexpr std::uint64_t kBindAndConnectTcp = 3;
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;

constexpr std::uint64_t kVersion1 = (1u << 13) - 1;
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
// Rights that a rule on something else than a folder may have.
constexpr std::uint64_t kOfFiles = kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate | kIoctlDev;
// No nodes of devices: a FIFO and a socket with a path are harmless in the program's own folder.
constexpr std::uint64_t kWrite =
    (kVersion1 & ~std::uint64_t{LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK}) | kRefer |
    kTruncate;

std::uint64_t handled_files(int version) {
  std::uint64_t rights = kVersion1;
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kIoctlDev;
  return rights;
}

// A path that is not there needs no rule.
bool allow(int ruleset, const char* path, std::uint64_t rights) {
  const UniqueFd place(::open(path, O_PATH | O_CLOEXEC));
  if (!place) return errno == ENOENT || errno == ENOTDIR;
  struct stat status {};
  if (::fstat(place.get(), &status) != 0) return false;
  if (!S_ISDIR(status.st_mode)) rights &= kOfFiles;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = place.get();
  return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

}  // namespace

int landlock_version() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

bool restrict_by_landlock(const Job& job) {
  const int version = landlock_version();
  if (version == 0) return true;
  RulesetAttributes attributes{.files = handled_files(version)};
  if (version >= 4) attributes.network = kBindAndConnectTcp;
  if (version >= 6) attributes.scoped = kAbstractSocketsAndSignals;
  const std::size_t size = version >= 6 ? sizeof attributes : version >= 4 ? 16u : 8u;
  const UniqueFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
  if (!ruleset) return false;
  const auto allow_all = [&](const auto& paths, std::uint64_t rights) {
    return std::ranges::all_of(
        paths, [&](const char* path) { return allow(ruleset.get(), path, rights & attributes.files); });
  };
  if (!allow_all(job.readable, kRead) || !allow_all(job.writable, kWrite) || !allow_all(job.own, kWrite))
    return false;
  if (!allow_all(kHarmlessDevices, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate))
    return false;
  // Its own side of /proc: ThreadSanitizer reads /proc/self, scenarios list children. What the kernel guards
  // by the right to trace (memory, environment, descriptors) Landlock keeps for the program's own processes.
  if (!allow(ruleset.get(), "/proc", kRead & ~std::uint64_t{LANDLOCK_ACCESS_FS_EXECUTE})) return false;
  // The shared memory of POSIX is private from S3 on; below it would be everybody's.
  if (job.has_namespaces() && !allow(ruleset.get(), "/dev/shm", kWrite & attributes.files)) return false;
  return ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

}  // namespace racecourse
