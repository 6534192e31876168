// A claim is an abstract socket with the id in its name: the kernel lets one process at a time have it, and
// frees it however that process ends. Ids come in pairs: the second is the sender's of kill_all_processes,
// whom the first must not be able to signal.
#include "launch/throwaway_user.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace racecourse {

namespace {

// Far from what distributions, containers and directories hand out, and one pair for each process id that can
// be.
constexpr std::uint64_t kPreferredFirst = 1'600'000'000;
constexpr std::uint64_t kPreferredPairs = 1u << 22;
constexpr int kAttempts = 64;

struct Ids {
  std::uint64_t first = 0;
  std::uint64_t pairs = 0;
};

// In a container fewer ids may exist: then the upper quarter of its last range.
Ids usable_ids() {
  FILE* const map = std::fopen("/proc/self/uid_map", "re");
  if (map == nullptr) return {kPreferredFirst, kPreferredPairs};
  Ids ids;
  unsigned long long inside = 0;
  unsigned long long outside = 0;
  unsigned long long count = 0;
  while (std::fscanf(map, "%llu %llu %llu", &inside, &outside, &count) == 3) {
    if (inside <= kPreferredFirst && inside + count >= kPreferredFirst + 2 * kPreferredPairs)
      ids = {kPreferredFirst, kPreferredPairs};
    else if (ids.pairs < kPreferredPairs && count >= 64)
      ids = {inside + count - count / 4, std::min<std::uint64_t>(count / 8, kPreferredPairs)};
  }
  std::fclose(map);
  return ids;
}

UniqueFd claim(uid_t id) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const int length = std::snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "racecourse-user-%u", id);
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + static_cast<std::size_t>(length));
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), size) == 0 ? std::move(socket)
                                                                                   : UniqueFd();
}

bool has_no_capability() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2] = {};
  return ::syscall(SYS_capget, &header, sets) == 0 && sets[0].effective == 0 && sets[1].effective == 0;
}

}  // namespace

std::optional<ThrowawayUser> ThrowawayUser::find() {
  const Ids ids = usable_ids();
  if (ids.pairs == 0) {
    errno = EUSERS;
    return std::nullopt;
  }
  for (int i = 0; i < kAttempts; ++i) {
    const std::uint64_t pair =
        (static_cast<std::uint64_t>(::getpid()) + static_cast<std::uint64_t>(i)) % ids.pairs;
    const auto id = static_cast<uid_t>(ids.first + 2 * pair);
    if (UniqueFd claimed = claim(id)) return ThrowawayUser(id, std::move(claimed));
    if (errno != EADDRINUSE) return std::nullopt;
  }
  return std::nullopt;
}

bool ThrowawayUser::become() const {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(id_, id_, id_) == 0 && ::setresuid(id_, id_, id_) == 0;
}

void ThrowawayUser::kill_all_processes() const {
  const pid_t sender = ::fork();
  if (sender == 0) {
    // As effective user it may signal them; its real and saved user are nobody's, so that they may not signal
    // it. With any capability left it would kill the whole machine.
    const uid_t own = id_ + 1;
    if (::setgroups(0, nullptr) == 0 && ::setresgid(own, own, own) == 0 && ::setresuid(own, id_, own) == 0 &&
        ::geteuid() == id_ && has_no_capability())
      ::kill(-1, SIGKILL);
    ::_exit(0);
  }
  if (sender < 0) return;
  while (::waitpid(sender, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace racecourse
