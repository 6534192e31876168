// Calls that make pipes and their kin: an execution that made one closes it (descriptors.hpp).
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptors.hpp"
#include "hook.hpp"
#include "next_symbol.hpp"

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

static int make(int result) {
  if (in_world) new_descriptors = true;
  return result;
}

RACECOURSE_HOOK int eventfd(unsigned count, int flags) noexcept {
  return make(next<"eventfd", int>(count, flags));
}
RACECOURSE_HOOK int pipe(int* ends) noexcept { return make(next<"pipe", int>(ends)); }
RACECOURSE_HOOK int pipe2(int* ends, int flags) noexcept { return make(next<"pipe2", int>(ends, flags)); }
RACECOURSE_HOOK int socketpair(int domain, int type, int protocol, int* ends) noexcept {
  return make(next<"socketpair", int>(domain, type, protocol, ends));
}
RACECOURSE_HOOK int epoll_create(int size) noexcept { return make(next<"epoll_create", int>(size)); }
RACECOURSE_HOOK int epoll_create1(int flags) noexcept { return make(next<"epoll_create1", int>(flags)); }
