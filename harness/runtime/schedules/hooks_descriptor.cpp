// Pipes, sockets and eventfds: what threads say to each other by way of the kernel.
//
// The kernel keeps their state. One thread runs at a time, so asking it without waiting says whether a call
// would wait; a thread that would is blocked until another one's call has changed that, and no call ever
// waits in the kernel. All of them are one synchronisation object here: what is read at one descriptor was
// written at another, and nothing says at which. So there is more happens-before than there was: a race of
// threads that also talk like this may be missed, none is made up. The standard streams count as files: they
// are the driver's.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "descriptors.hpp"
#include "hook.hpp"
#include "library_access.hpp"
#include "next_symbol.hpp"
#include "virtual_time.hpp"

namespace racecourse::schedules {

// Descriptors a thread waits for, all at once.
struct DescriptorWait {
  static constexpr nfds_t kMax = 64;
  std::array<pollfd, kMax> descriptors;
  nfds_t count = 0;
};

namespace {

using racecourse::library_access;

std::uint64_t anchor = 0;  // Its address stands for all of them.

Descriptors& all() {
  return engine().objects.find_or_make<Descriptors>(reinterpret_cast<std::uintptr_t>(&anchor));
}

bool is_ready(const DescriptorWait& wait) {
  DescriptorWait asked = wait;
  // What cannot be asked does not wait either: the call itself says what is wrong.
  return next<"poll", int>(asked.descriptors.data(), asked.count, 0) != 0;
}

bool can_go_on(const Thread& thread) { return is_ready(*thread.waits_for_descriptors); }

// Whether threads can talk through it.
bool is_channel(int descriptor) {
  struct stat status {};
  if (descriptor <= STDERR_FILENO || ::fstat(descriptor, &status) != 0) return false;
  const mode_t type = status.st_mode & S_IFMT;
  return type == S_IFIFO || type == S_IFSOCK || type == 0;  // An eventfd has no type.
}

bool may_wait(int descriptor) { return (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0; }

// For the time of one call, which then cannot wait in the kernel.
class NonBlocking {
 public:
  explicit NonBlocking(int descriptor) : descriptor_(descriptor), flags_(::fcntl(descriptor, F_GETFL)) {
    if ((flags_ & O_NONBLOCK) == 0) ::fcntl(descriptor_, F_SETFL, flags_ | O_NONBLOCK);
  }
  NonBlocking(const NonBlocking&) = delete;
  NonBlocking& operator=(const NonBlocking&) = delete;
  ~NonBlocking() {
    const int error = errno;
    if ((flags_ & O_NONBLOCK) == 0) ::fcntl(descriptor_, F_SETFL, flags_);
    errno = error;
  }

 private:
  const int descriptor_;
  const int flags_;
};

[[noreturn]] void cannot_control(const char* sentence, std::uintptr_t pc) {
  engine().fail(FindingKind::unsupported_call, sentence, {engine().place_here("calls it", pc)});
}

// No thread of the program can end such a wait, and when somebody does is not known.
void refuse_outside(const DescriptorWait& wait, std::uintptr_t pc) {
  for (nfds_t i = 0; i < wait.count; ++i) {
    const pollfd& one = wait.descriptors[i];
    if (one.fd >= 0 && !is_channel(one.fd) && !is_ready({{one}, 1}))
      cannot_control("Under controlled schedules nothing may wait for a terminal or a device.", pc);
  }
}

bool only_looks(OperationKind kind) { return kind == OperationKind::descriptor_wait; }

// A call that does not wait.
void announce(OperationKind kind, std::uintptr_t pc) {
  Descriptors& descriptors = all();
  const Operation operation{kind, 0, only_looks(kind), descriptors.address, pc};
  Engine& engine = schedules::engine();
  engine.is_choice(engine.shadow.word(descriptors.address)) ? engine.point(operation)
                                                            : engine.private_step(operation);
}

// Comes to a call that waits, at most until the deadline, or does not.
void come_to(OperationKind kind, const DescriptorWait& wait, bool waits,
             std::optional<std::uint64_t> deadline_ns, std::uintptr_t pc) {
  if (!waits) return announce(kind, pc);
  Engine& engine = schedules::engine();
  Descriptors& descriptors = all();
  engine.self().waits_for_descriptors = &wait;
  (void)engine.acquire(descriptors, descriptors.contenders,
                       {kind, 0, only_looks(kind), descriptors.address, pc}, deadline_ns, can_go_on);
}

// The calling thread did something to a descriptor: who waits may be able to go on, or no longer.
void changed() {
  Descriptors& descriptors = all();
  engine().changed(descriptors.address);
  engine().refresh(descriptors.contenders, can_go_on);
}

void handed_over(const VectorClock& acquired, VectorClock& released) {
  Thread& me = engine().self();
  me.clock.join(acquired);
  released.join(me.clock);
  me.advance();
  changed();
}
void has_written() { handed_over(all().taken, all().given); }
void has_read() { handed_over(all().given, all().taken); }
// It looked, and there was nothing for it: in a loop it waits for others.
void saw_nothing(std::uintptr_t pc) { engine().saw(pc, all().address, 0); }

// `call` reads at once or fails with EAGAIN.
template <class Call>
ssize_t receive(int descriptor, bool waits, std::uintptr_t pc, Call call) {
  for (;;) {
    come_to(OperationKind::descriptor_read, {{pollfd{descriptor, POLLIN, 0}}, 1}, waits, std::nullopt, pc);
    ssize_t received = 0;
    {
      const NonBlocking now(descriptor);
      received = call();
    }
    if (received >= 0 || errno != EAGAIN) {
      const int error = errno;
      has_read();
      errno = error;
      return received;
    }
    if (!waits) {
      saw_nothing(pc);
      errno = EAGAIN;
      return received;
    }
  }
}

// `call` writes part of it at once or fails with EAGAIN.
template <class Call>
ssize_t send_all(int descriptor, const void* memory, std::size_t size, bool waits, std::uintptr_t pc,
                 Call call) {
  std::size_t sent = 0;
  for (;;) {
    come_to(OperationKind::descriptor_write, {{pollfd{descriptor, POLLOUT, 0}}, 1}, waits, std::nullopt, pc);
    ssize_t now_sent = 0;
    {
      const NonBlocking now(descriptor);
      now_sent = call(static_cast<const void*>(static_cast<const char*>(memory) + sent), size - sent);
    }
    const int error = errno;
    if (now_sent >= 0) {
      has_written();
      sent += static_cast<std::size_t>(now_sent);
      if (!waits || sent >= size || now_sent == 0) return static_cast<ssize_t>(sent);
    } else if (error != EAGAIN) {
      errno = error;
      return sent > 0 ? static_cast<ssize_t>(sent) : -1;
    } else if (!waits) {
      saw_nothing(pc);
      errno = EAGAIN;
      return -1;
    } else {
      // There is room, but not for all of it at once.
      saw_nothing(pc);
      engine().give_way();
    }
  }
}

ssize_t read_in_world(int descriptor, void* memory, std::size_t size, std::uintptr_t pc) {
  library_access(memory, size, true, pc);
  const Hook hook;
  if (is_channel(descriptor))
    return receive(descriptor, may_wait(descriptor), pc,
                   [&] { return next<"read", ssize_t>(descriptor, memory, size); });
  refuse_outside({{pollfd{descriptor, POLLIN, 0}}, 1}, pc);
  return next<"read", ssize_t>(descriptor, memory, size);
}

ssize_t write_in_world(int descriptor, const void* memory, std::size_t size, std::uintptr_t pc) {
  library_access(memory, size, false, pc);
  const Hook hook;
  if (!is_channel(descriptor)) return next<"write", ssize_t>(descriptor, memory, size);
  return send_all(
      descriptor, memory, size, may_wait(descriptor), pc,
      [&](const void* from, std::size_t left) { return next<"write", ssize_t>(descriptor, from, left); });
}

std::string message_of(const iovec* parts, int count) {
  std::string message;
  for (int i = 0; i < count; ++i)
    message.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  return message;
}

// poll() and its kin; `ask` looks without waiting.
template <class Ask>
int wait_for_any(const DescriptorWait& wait, std::optional<std::uint64_t> deadline_ns, bool waits,
                 std::uintptr_t pc, Ask ask) {
  if (waits) refuse_outside(wait, pc);
  come_to(OperationKind::descriptor_wait, wait, waits, deadline_ns, pc);
  const int found = ask();
  const int error = errno;
  if (found != 0)
    engine().self().clock.join(all().given);
  else if (!waits)
    saw_nothing(pc);
  errno = error;
  return found;
}

std::optional<std::uint64_t> deadline_in(int milliseconds) {
  if (milliseconds < 0) return std::nullopt;
  return deadline_after({milliseconds / 1000, milliseconds % 1000 * 1'000'000});
}

DescriptorWait wait_of(const pollfd* descriptors, nfds_t count, std::uintptr_t pc) {
  if (count > DescriptorWait::kMax)
    cannot_control("More than 64 descriptors in one call cannot be controlled.", pc);
  DescriptorWait wait;
  std::copy_n(descriptors, count, wait.descriptors.begin());
  wait.count = count;
  return wait;
}

DescriptorWait wait_of(int count, const fd_set* to_read, const fd_set* to_write, const fd_set* to_fail,
                       std::uintptr_t pc) {
  DescriptorWait wait;
  for (int descriptor = 0; descriptor < count; ++descriptor) {
    short events = 0;
    if (to_read != nullptr && FD_ISSET(descriptor, to_read)) events |= POLLIN;
    if (to_write != nullptr && FD_ISSET(descriptor, to_write)) events |= POLLOUT;
    if (to_fail != nullptr && FD_ISSET(descriptor, to_fail)) events |= POLLPRI;
    if (events == 0) continue;
    if (wait.count == DescriptorWait::kMax)
      cannot_control("More than 64 descriptors in one call cannot be controlled.", pc);
    wait.descriptors[wait.count++] = {descriptor, events, 0};
  }
  return wait;
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK int close(int descriptor) {
  if (!in_world || !is_channel(descriptor)) return next<"close", int>(descriptor);
  const Hook hook;
  announce(OperationKind::descriptor_write, RACECOURSE_CALLER);
  const int result = next<"close", int>(descriptor);
  has_written();
  return result;
}
RACECOURSE_HOOK int shutdown(int descriptor, int how) noexcept {
  if (!in_world) return next<"shutdown", int>(descriptor, how);
  const Hook hook;
  announce(OperationKind::descriptor_write, RACECOURSE_CALLER);
  const int result = next<"shutdown", int>(descriptor, how);
  has_written();
  return result;
}

RACECOURSE_HOOK ssize_t read(int descriptor, void* memory, std::size_t size) {
  return in_world ? read_in_world(descriptor, memory, size, RACECOURSE_CALLER)
                  : next<"read", ssize_t>(descriptor, memory, size);
}
RACECOURSE_HOOK ssize_t write(int descriptor, const void* memory, std::size_t size) {
  return in_world ? write_in_world(descriptor, memory, size, RACECOURSE_CALLER)
                  : next<"write", ssize_t>(descriptor, memory, size);
}
// The C library's own make system calls that do not pass here.
RACECOURSE_HOOK int eventfd_read(int descriptor, eventfd_t* value) {
  if (!in_world) return next<"eventfd_read", int>(descriptor, value);
  return read_in_world(descriptor, value, sizeof *value, RACECOURSE_CALLER) == sizeof *value ? 0 : -1;
}
RACECOURSE_HOOK int eventfd_write(int descriptor, eventfd_t value) {
  if (!in_world) return next<"eventfd_write", int>(descriptor, value);
  return write_in_world(descriptor, &value, sizeof value, RACECOURSE_CALLER) == sizeof value ? 0 : -1;
}
// As one message from one place.
RACECOURSE_HOOK ssize_t readv(int descriptor, const iovec* parts, int count) {
  if (!in_world || !is_channel(descriptor) || count < 0 || count > IOV_MAX)
    return next<"readv", ssize_t>(descriptor, parts, count);
  for (int i = 0; i < count; ++i)
    library_access(parts[i].iov_base, parts[i].iov_len, true, RACECOURSE_CALLER);
  const Hook hook;
  return receive(descriptor, may_wait(descriptor), RACECOURSE_CALLER,
                 [&] { return next<"readv", ssize_t>(descriptor, parts, count); });
}
RACECOURSE_HOOK ssize_t writev(int descriptor, const iovec* parts, int count) {
  if (!in_world || !is_channel(descriptor) || count < 0 || count > IOV_MAX)
    return next<"writev", ssize_t>(descriptor, parts, count);
  for (int i = 0; i < count; ++i)
    library_access(parts[i].iov_base, parts[i].iov_len, false, RACECOURSE_CALLER);
  const Hook hook;
  const std::string message = message_of(parts, count);
  return send_all(
      descriptor, message.data(), message.size(), may_wait(descriptor), RACECOURSE_CALLER,
      [&](const void* from, std::size_t left) { return next<"write", ssize_t>(descriptor, from, left); });
}
// The C library would read and write it, and wait, in its own code.
RACECOURSE_HOOK std::FILE* fdopen(int descriptor, const char* mode) noexcept {
  if (in_world && is_channel(descriptor)) {
    const Hook hook;
    cannot_control(
        "Under controlled schedules a pipe or a socket cannot become a FILE: read() and write() it.",
        RACECOURSE_CALLER);
  }
  return next<"fdopen", std::FILE*>(descriptor, mode);
}
RACECOURSE_HOOK ssize_t recv(int descriptor, void* memory, std::size_t size, int flags) {
  if (!in_world) return next<"recv", ssize_t>(descriptor, memory, size, flags);
  library_access(memory, size, true, RACECOURSE_CALLER);
  const Hook hook;
  return receive(descriptor, may_wait(descriptor) && (flags & MSG_DONTWAIT) == 0, RACECOURSE_CALLER,
                 [&] { return next<"recv", ssize_t>(descriptor, memory, size, flags); });
}
RACECOURSE_HOOK ssize_t send(int descriptor, const void* memory, std::size_t size, int flags) {
  if (!in_world) return next<"send", ssize_t>(descriptor, memory, size, flags);
  library_access(memory, size, false, RACECOURSE_CALLER);
  const Hook hook;
  return send_all(descriptor, memory, size, may_wait(descriptor) && (flags & MSG_DONTWAIT) == 0,
                  RACECOURSE_CALLER, [&](const void* from, std::size_t left) {
                    return next<"send", ssize_t>(descriptor, from, left, flags);
                  });
}

RACECOURSE_HOOK int poll(pollfd* descriptors, nfds_t count, int milliseconds) {
  if (!in_world) return next<"poll", int>(descriptors, count, milliseconds);
  const Hook hook;
  const DescriptorWait wait = wait_of(descriptors, count, RACECOURSE_CALLER);
  return wait_for_any(wait, deadline_in(milliseconds), milliseconds != 0, RACECOURSE_CALLER,
                      [&] { return next<"poll", int>(descriptors, count, 0); });
}
RACECOURSE_HOOK int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout,
                          const sigset_t* signals) {
  if (!in_world) return next<"ppoll", int>(descriptors, count, timeout, signals);
  const Hook hook;
  const DescriptorWait wait = wait_of(descriptors, count, RACECOURSE_CALLER);
  const bool waits = timeout == nullptr || timeout->tv_sec != 0 || timeout->tv_nsec != 0;
  return wait_for_any(wait, timeout == nullptr ? std::nullopt : std::optional(deadline_after(*timeout)),
                      waits, RACECOURSE_CALLER, [&] { return next<"poll", int>(descriptors, count, 0); });
}
RACECOURSE_HOOK int select(int count, fd_set* to_read, fd_set* to_write, fd_set* to_fail, timeval* timeout) {
  if (!in_world) return next<"select", int>(count, to_read, to_write, to_fail, timeout);
  const Hook hook;
  const DescriptorWait wait = wait_of(count, to_read, to_write, to_fail, RACECOURSE_CALLER);
  const bool waits = timeout == nullptr || timeout->tv_sec != 0 || timeout->tv_usec != 0;
  const std::optional<std::uint64_t> deadline =
      timeout == nullptr ? std::nullopt
                         : std::optional(deadline_after({timeout->tv_sec, timeout->tv_usec * 1000}));
  return wait_for_any(wait, deadline, waits, RACECOURSE_CALLER, [&] {
    timeval at_once{};
    return next<"select", int>(count, to_read, to_write, to_fail, &at_once);
  });
}
RACECOURSE_HOOK int epoll_wait(int descriptor, epoll_event* events, int count, int milliseconds) {
  if (!in_world) return next<"epoll_wait", int>(descriptor, events, count, milliseconds);
  const Hook hook;
  // Itself readable where one of its descriptors is ready.
  const DescriptorWait wait{{pollfd{descriptor, POLLIN, 0}}, 1};
  return wait_for_any(wait, deadline_in(milliseconds), milliseconds != 0, RACECOURSE_CALLER,
                      [&] { return next<"epoll_wait", int>(descriptor, events, count, 0); });
}
