#include "launch/namespaces.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "launch/confine.hpp"
#include "launch/private_root.hpp"

namespace racecourse {

namespace {

bool write_text(const char* path, const char* text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text, std::strlen(text)) == static_cast<ssize_t>(std::strlen(text));
}

// An ordinary user is itself in its user namespace, and nobody else is there.
bool map_user(uid_t user, gid_t group) {
  std::array<char, 64> users{};
  std::array<char, 64> groups{};
  std::snprintf(users.data(), users.size(), "%u %u 1\n", user, user);
  std::snprintf(groups.data(), groups.size(), "%u %u 1\n", group, group);
  return write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/gid_map", groups.data()) &&
         write_text("/proc/self/uid_map", users.data());
}

// A message of one byte with room for one descriptor. Refers to itself, so it stays where it is.
struct DescriptorMessage {
  DescriptorMessage() {
    header.msg_iov = &content;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
  }
  DescriptorMessage(const DescriptorMessage&) = delete;
  DescriptorMessage& operator=(const DescriptorMessage&) = delete;

  char byte = 0;
  iovec content{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
};

bool send_descriptor(int socket, int descriptor) {
  DescriptorMessage message;
  cmsghdr* const header = CMSG_FIRSTHDR(&message.header);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return ::sendmsg(socket, &message.header, MSG_NOSIGNAL) == 1;
}

// Reaps until nothing is left.
[[noreturn]] void reap_all(pid_t main, int messages) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == main) {
      const MainEnded message{status};
      (void)!::send(messages, &message, sizeof message, MSG_NOSIGNAL);
    }
    if (ended < 0 && errno == ECHILD) ::_exit(0);
  }
}

struct Outside {
  uid_t user;
  gid_t group;
};

[[noreturn]] void be_init(const Job& job, const ThrowawayUser* user, const Cgroup* group,
                          const Outside& outside, int messages, int error_pipe) {
  const auto need = [&](bool done, SetupStep step) {
    if (!done) report_step(error_pipe, step);
  };
  need(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, SetupStep::parent_death);
  need(outside.user == 0 || map_user(outside.user, outside.group), SetupStep::namespaces);
  const UniqueFd own_folder(enter_private_root(job, user != nullptr ? user->id() : outside.user));
  need(static_cast<bool>(own_folder), SetupStep::private_root);
  // Fails, too, if the launcher has died before init was tied to it.
  need(send_descriptor(messages, own_folder.get()), SetupStep::parent_death);
  // The name of the machine may be its owner's.
  need(::sethostname("racecourse", 10) == 0, SetupStep::namespaces);
  const pid_t main = group != nullptr ? group->fork_child() : ::fork();
  need(main >= 0, SetupStep::start);
  if (main == 0) {
    need(group == nullptr || group->join(), SetupStep::cgroup);
    confine_and_execute(job, user, 1, error_pipe);
  }
  // Only what it needs to wait: no rights that the program could take over, no descriptors of the run's.
  (void)::syscall(SYS_close_range, 0u, static_cast<unsigned>(messages) - 1, 0u);
  (void)::syscall(SYS_close_range, static_cast<unsigned>(messages) + 1, ~0u, 0u);
  (void)::prctl(PR_SET_DUMPABLE, 0);
  (void)drop_capabilities();
  reap_all(main, messages);
}

}  // namespace

StartedInit start_in_namespaces(const Job& job, const ThrowawayUser* user, const Cgroup* group,
                                int error_pipe) {
  std::array<int, 2> ends = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const Outside outside{::geteuid(), ::getegid()};
  unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD;
  if (outside.user != 0) flags |= CLONE_NEWUSER;
  // The flags come first on every architecture whose system calls the filter knows (seccomp_filter.cpp).
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
  if (pid == 0) {
    ours.reset();
    be_init(job, user, group, outside, theirs.get(), error_pipe);
  }
  return {pid, std::move(ours)};
}

UniqueFd receive_own_folder(int messages) {
  DescriptorMessage message;
  ssize_t got = 0;
  do {
    got = ::recvmsg(messages, &message.header, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  const cmsghdr* const header = CMSG_FIRSTHDR(&message.header);
  if (got != 1 || header == nullptr || header->cmsg_type != SCM_RIGHTS) return {};
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return UniqueFd(descriptor);
}

}  // namespace racecourse
