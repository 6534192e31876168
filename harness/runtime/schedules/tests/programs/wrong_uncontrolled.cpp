// Programs that keep something across executions where the runtime cannot put it back: what the first one
// shows no other does. It must be told as not reproducible, never as a finding about the program.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "program.hpp"

using namespace racecourse::schedules::programs;

WRONG(mapping_that_stays, not_reproducible) {
  void* const where = reinterpret_cast<void*>(0x510000000000);
  const void* const got =
      mmap(where, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  require(got != where, "the mapping is there already");
}
WRONG(environment_that_stays, not_reproducible) {
  require(std::getenv("RACECOURSE_SEEN") != nullptr, "the variable is there already");
  setenv("RACECOURSE_SEEN", "1", 1);
}
WRONG(signal_handling_that_stays, not_reproducible) {
  require(std::signal(SIGUSR1, SIG_IGN) == SIG_IGN, "the signal is ignored already");
}
WRONG(file_mode_mask_that_stays, not_reproducible) {
  require(umask(0153) == 0153, "the mask is set already");
}
WRONG(descriptor_that_stays, not_reproducible) {
  require(fcntl(700, F_GETFD) != -1, "the descriptor is open already");
  dup2(0, 700);
}
