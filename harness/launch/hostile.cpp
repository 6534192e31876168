// Attacks that a shell script is too slow or too well-behaved for; for the tests and benchmarks of the
// launcher.
//
//   hostile fork     forks for ever, in all processes, and goes on where it is refused
//   hostile memory   fills memory as fast as the machine can
//   hostile spin     never ends, whatever it is asked
//   hostile memfd    fills memory through files without a path, none of it mapped
//   hostile leave    makes a shared memory segment that would outlive it
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
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

[[noreturn]] void fill_files_in_memory() {
  static char chunk[1u << 20];
  std::memset(chunk, 1, sizeof chunk);
  // Below the limits on one file and on descriptors.
  for (int i = 0; i < 100; ++i) {
    const int file = ::memfd_create("hostile", 0);
    for (int megabyte = 0; megabyte < 8; ++megabyte) (void)!::write(file, chunk, sizeof chunk);
  }
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view attack = argc == 2 ? argv[1] : "";
  if (attack == "fork") fork_for_ever();
  if (attack == "memory") fill_memory();
  if (attack == "spin") spin();
  if (attack == "memfd") fill_files_in_memory();
  if (attack == "leave") return ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0 ? 0 : 1;
  return 2;
}
