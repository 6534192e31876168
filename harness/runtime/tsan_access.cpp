// What an access by a library means in the driver of the instrument `races`. Not instrumented itself.
#include <poll.h>
#include <sys/socket.h>

#include "library_access.hpp"
#include "next_symbol.hpp"

extern "C" {
void __tsan_read_range_pc(void* first, unsigned long size, void* pc);
void __tsan_write_range_pc(void* first, unsigned long size, void* pc);
}

// Whole ranges: ThreadSanitizer remembers four accesses of each eight bytes, and as many single bytes would
// push one another out, so that a race is seen one time and not the next.
void racecourse::library_access(const void* memory, std::size_t size, bool writes, std::uintptr_t pc) {
  (writes ? __tsan_write_range_pc : __tsan_read_range_pc)(const_cast<void*>(memory), size,
                                                          reinterpret_cast<void*>(pc));
}

// Calls whose room the compiler knows (_FORTIFY_SOURCE). ThreadSanitizer knows only those without, and what
// is sent through a descriptor orders what threads do: not to see it would accuse. With too little room the C
// library ends the program.
#define RACECOURSE_ROOM_HOOK(result_type, name, parameters, arguments, fits, checked_arguments) \
  RACECOURSE_LIBRARY_HOOK_AS(                                                                   \
      result_type, __##name##_chk, parameters,                                                  \
      if (!(fits)) return ::racecourse::next<"__" #name "_chk", result_type> checked_arguments; \
      return ::racecourse::next<#name, result_type> arguments;)
RACECOURSE_ROOM_HOOK(ssize_t, read, (int descriptor, void* to, std::size_t size, std::size_t room),
                     (descriptor, to, size), size <= room, (descriptor, to, size, room))
RACECOURSE_ROOM_HOOK(ssize_t, recv, (int descriptor, void* to, std::size_t size, std::size_t room, int flags),
                     (descriptor, to, size, flags), size <= room, (descriptor, to, size, room, flags))
RACECOURSE_ROOM_HOOK(ssize_t, recvfrom,
                     (int descriptor, void* to, std::size_t size, std::size_t room, int flags, sockaddr* from,
                      socklen_t* from_size),
                     (descriptor, to, size, flags, from, from_size), size <= room,
                     (descriptor, to, size, room, flags, from, from_size))
RACECOURSE_ROOM_HOOK(int, poll, (pollfd * descriptors, nfds_t count, int milliseconds, std::size_t room),
                     (descriptors, count, milliseconds), count <= room / sizeof(pollfd),
                     (descriptors, count, milliseconds, room))
RACECOURSE_ROOM_HOOK(int, ppoll,
                     (pollfd * descriptors, nfds_t count, const timespec* timeout, const sigset_t* signals,
                      std::size_t room),
                     (descriptors, count, timeout, signals), count <= room / sizeof(pollfd),
                     (descriptors, count, timeout, signals, room))
