// Reads of a stream, cut: of a pipe or a socket no read gives more than a pipe holds.
//
// How much of a long message a read finds depends on how fast the other side filled up what was taken, and so
// on the machine: who takes one read for a whole message is right by luck. Cut like this he is wrong every
// time. A read may always give less than was asked for; files, messages with an end (SOCK_SEQPACKET) and
// MSG_WAITALL are left alone. For the driver `plain`.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "next_symbol.hpp"

namespace racecourse {

namespace {

// The usual capacity of a pipe on Linux.
constexpr std::size_t kBytesMax = 64 << 10;

bool is_stream(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return false;
  if (S_ISFIFO(status.st_mode)) return true;
  int type = 0;
  socklen_t size = sizeof type;
  return S_ISSOCK(status.st_mode) && ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
         type == SOCK_STREAM;
}

std::size_t cut(int descriptor, std::size_t size, int flags = 0) {
  if (size <= kBytesMax || (flags & MSG_WAITALL) != 0) return size;
  const int error = errno;
  const bool cuts = is_stream(descriptor);
  errno = error;
  return cuts ? kBytesMax : size;
}

}  // namespace

}  // namespace racecourse

using namespace racecourse;  // NOLINT: the hooks below stand in no namespace.

RACECOURSE_HOOK ssize_t read(int descriptor, void* memory, std::size_t size) {
  return next<"read", ssize_t>(descriptor, memory, cut(descriptor, size));
}
RACECOURSE_HOOK ssize_t recv(int descriptor, void* memory, std::size_t size, int flags) {
  return next<"recv", ssize_t>(descriptor, memory, cut(descriptor, size, flags), flags);
}
RACECOURSE_HOOK ssize_t recvfrom(int descriptor, void* memory, std::size_t size, int flags, sockaddr* from,
                                 socklen_t* from_size) {
  return next<"recvfrom", ssize_t>(descriptor, memory, cut(descriptor, size, flags), flags, from, from_size);
}
