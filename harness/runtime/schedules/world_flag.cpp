#include "world_flag.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace racecourse::schedules {

constinit bool in_world = false;
constinit bool loading_world = false;

void die(const char* why) {
  in_world = false;
  static constexpr char kPrefix[] = "racecourse: the scheduler runtime cannot go on: ";
  (void)!::write(STDERR_FILENO, kPrefix, sizeof kPrefix - 1);
  (void)!::write(STDERR_FILENO, why, std::strlen(why));
  (void)!::write(STDERR_FILENO, "\n", 1);
  ::signal(SIGABRT, SIG_DFL);
  // The raw call, because abort() is one of our hooks.
  long number = SYS_tgkill;
  asm volatile("syscall"
               : "+a"(number)
               : "D"(::getpid()), "S"(::gettid()), "d"(SIGABRT)
               : "rcx", "r11", "memory");
  __builtin_trap();
}

}  // namespace racecourse::schedules
