// Attacks that a shell script is too slow or too well-behaved for; for the tests and benchmarks of the
// launcher.
//
//   hostile fork     forks for ever, in all processes, and goes on where it is refused
//   hostile memory   fills memory as fast as the machine can
//   hostile spin     never ends, whatever it is asked
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace {

[[noreturn]] void fork_for_ever() {
  for (;;)
    if (::fork() < 0) ::usleep(1000);
}

[[noreturn]] void fill_memory() {
  constexpr std::size_t kChunk = 1u << 20;
  for (;;) {
    void* const memory = ::mmap(nullptr, kChunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) std::memset(memory, 1, kChunk);
  }
}

[[noreturn]] void spin() {
  for (int signal = 1; signal < 64; ++signal) ::signal(signal, SIG_IGN);
  for (;;) (void)::getppid();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view attack = argc == 2 ? argv[1] : "";
  if (attack == "fork") fork_for_ever();
  if (attack == "memory") fill_memory();
  if (attack == "spin") spin();
  return 2;
}
