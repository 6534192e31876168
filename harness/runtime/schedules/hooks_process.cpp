// Calls that end the process, and calls that controlled schedules cannot control: each becomes a finding,
// never a hang or a hole.
#include <sys/mman.h>
#include <sys/types.h>

#include <cstdlib>
#include <string>

#include "hook.hpp"
#include "next_symbol.hpp"

namespace racecourse::schedules {

namespace {

[[noreturn]] void exits(const char* name, std::uintptr_t pc) {
  in_world = false;
  engine().fail(FindingKind::exit_called, std::string("The submission calls ") + name + "().",
                {engine().place_here("calls it", pc)});
}

[[noreturn]] void unsupported(const char* name, std::uintptr_t pc) {
  in_world = false;
  engine().fail(
      FindingKind::unsupported_call,
      std::string("The call of ") + name +
          "() cannot be controlled: under controlled schedules threads may wait only for each other and for "
          "the clock.",
      {engine().place_here("calls it", pc)});
}

}  // namespace

}  // namespace racecourse::schedules

using namespace racecourse::schedules;  // NOLINT: the hooks below stand in no namespace.

#define RACECOURSE_EXIT(name)                      \
  RACECOURSE_HOOK void name(int code) {            \
    if (in_world) exits(#name, RACECOURSE_CALLER); \
    next<#name, void>(code);                       \
    __builtin_unreachable();                       \
  }
RACECOURSE_EXIT(exit)
RACECOURSE_EXIT(_exit)
RACECOURSE_EXIT(_Exit)
RACECOURSE_EXIT(quick_exit)

RACECOURSE_HOOK void abort() {
  if (in_world) {
    in_world = false;
    engine().fail(FindingKind::crash, "The submission calls abort().",
                  {engine().place_here("calls it", RACECOURSE_CALLER)});
  }
  next<"abort", void>();
  __builtin_unreachable();
}

// Outside the world the C library's function gets its arguments in the registers they came in. The names are
// given to the assembler, because the functions' real declarations differ.
#define RACECOURSE_UNSUPPORTED(name)                                                                         \
  RACECOURSE_HOOK long racecourse_call_of_##name(long a, long b, long c, long d, long e, long f) asm(#name); \
  long racecourse_call_of_##name(long a, long b, long c, long d, long e, long f) {                           \
    if (in_world) unsupported(#name, RACECOURSE_CALLER);                                                     \
    return next<#name, long>(a, b, c, d, e, f);                                                              \
  }
RACECOURSE_UNSUPPORTED(fork)
RACECOURSE_UNSUPPORTED(vfork)
RACECOURSE_UNSUPPORTED(posix_spawn)
RACECOURSE_UNSUPPORTED(posix_spawnp)
RACECOURSE_UNSUPPORTED(execve)
RACECOURSE_UNSUPPORTED(execv)
RACECOURSE_UNSUPPORTED(execvp)
RACECOURSE_UNSUPPORTED(system)
RACECOURSE_UNSUPPORTED(popen)
RACECOURSE_UNSUPPORTED(wait)
RACECOURSE_UNSUPPORTED(waitpid)
RACECOURSE_UNSUPPORTED(waitid)
RACECOURSE_UNSUPPORTED(wait3)
RACECOURSE_UNSUPPORTED(wait4)
RACECOURSE_UNSUPPORTED(pthread_cancel)
RACECOURSE_UNSUPPORTED(pthread_kill)
RACECOURSE_UNSUPPORTED(pthread_sigqueue)
RACECOURSE_UNSUPPORTED(thrd_create)
RACECOURSE_UNSUPPORTED(thrd_exit)
RACECOURSE_UNSUPPORTED(thrd_join)
RACECOURSE_UNSUPPORTED(mtx_lock)
RACECOURSE_UNSUPPORTED(mtx_timedlock)
RACECOURSE_UNSUPPORTED(mtx_trylock)
RACECOURSE_UNSUPPORTED(cnd_wait)
RACECOURSE_UNSUPPORTED(cnd_timedwait)
RACECOURSE_UNSUPPORTED(pause)
RACECOURSE_UNSUPPORTED(sigwait)
RACECOURSE_UNSUPPORTED(sigsuspend)
RACECOURSE_UNSUPPORTED(sigtimedwait)
RACECOURSE_UNSUPPORTED(sigwaitinfo)
RACECOURSE_UNSUPPORTED(ualarm)
RACECOURSE_UNSUPPORTED(setitimer)
RACECOURSE_UNSUPPORTED(timer_create)
RACECOURSE_UNSUPPORTED(pselect)
RACECOURSE_UNSUPPORTED(epoll_pwait)
RACECOURSE_UNSUPPORTED(epoll_pwait2)
RACECOURSE_UNSUPPORTED(timerfd_create)
RACECOURSE_UNSUPPORTED(signalfd)
RACECOURSE_UNSUPPORTED(inotify_init)
RACECOURSE_UNSUPPORTED(inotify_init1)
RACECOURSE_UNSUPPORTED(accept)
RACECOURSE_UNSUPPORTED(accept4)
RACECOURSE_UNSUPPORTED(sendmsg)
RACECOURSE_UNSUPPORTED(sendmmsg)
RACECOURSE_UNSUPPORTED(sendto)
RACECOURSE_UNSUPPORTED(connect)
RACECOURSE_UNSUPPORTED(recvfrom)
RACECOURSE_UNSUPPORTED(recvmsg)
RACECOURSE_UNSUPPORTED(recvmmsg)
RACECOURSE_UNSUPPORTED(semop)
RACECOURSE_UNSUPPORTED(semtimedop)
RACECOURSE_UNSUPPORTED(msgrcv)
RACECOURSE_UNSUPPORTED(msgsnd)
RACECOURSE_UNSUPPORTED(mq_open)
RACECOURSE_UNSUPPORTED(aio_read)
RACECOURSE_UNSUPPORTED(aio_read64)
RACECOURSE_UNSUPPORTED(aio_write)
RACECOURSE_UNSUPPORTED(aio_write64)
RACECOURSE_UNSUPPORTED(lio_listio)
RACECOURSE_UNSUPPORTED(lio_listio64)
RACECOURSE_UNSUPPORTED(splice)
RACECOURSE_UNSUPPORTED(tee)
RACECOURSE_UNSUPPORTED(vmsplice)
RACECOURSE_UNSUPPORTED(sendfile)
RACECOURSE_UNSUPPORTED(sendfile64)
RACECOURSE_UNSUPPORTED(mkfifo)
RACECOURSE_UNSUPPORTED(mkfifoat)
RACECOURSE_UNSUPPORTED(mknod)
RACECOURSE_UNSUPPORTED(mknodat)
// Calls whose room the compiler knows, for who asks for that (_FORTIFY_SOURCE).
RACECOURSE_UNSUPPORTED(__read_chk)
RACECOURSE_UNSUPPORTED(__recv_chk)
RACECOURSE_UNSUPPORTED(__poll_chk)
RACECOURSE_UNSUPPORTED(__ppoll_chk)
RACECOURSE_UNSUPPORTED(shmat)
RACECOURSE_UNSUPPORTED(mremap)
RACECOURSE_UNSUPPORTED(flock)
RACECOURSE_UNSUPPORTED(lockf)

// The same memory at two addresses: what one thread does to it at one, nobody would see at the other.
#define RACECOURSE_MMAP(name)                                                                          \
  RACECOURSE_HOOK void* name(void* where, std::size_t size, int protection, int flags, int descriptor, \
                             off_t offset) noexcept {                                                  \
    if (in_world && (flags & MAP_SHARED) != 0 && (flags & MAP_ANONYMOUS) == 0) {                       \
      in_world = false;                                                                                \
      engine().fail(FindingKind::unsupported_call,                                                     \
                    "Memory that is shared through a file (" #name                                     \
                    ") can lie at two addresses, and what threads do to it cannot be seen.",           \
                    {engine().place_here("maps it", RACECOURSE_CALLER)});                              \
    }                                                                                                  \
    return next<#name, void*>(where, size, protection, flags, descriptor, offset);                     \
  }
RACECOURSE_MMAP(mmap)
RACECOURSE_MMAP(mmap64)
