// Programs whose threads talk through descriptors and get it wrong.
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;

WRONG(read_that_nobody_answers, deadlock) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  std::thread([&] {
    char byte = 0;
    (void)read(ends[0], &byte, 1);
  }).join();
}

WRONG(parts_that_nobody_writes, deadlock) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  std::thread([&] {
    char byte = 0;
    const iovec part{&byte, 1};
    (void)readv(ends[0], &part, 1);
  }).join();
}

WRONG(part_that_another_writes, data_race) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  char byte = 0;
  const iovec part{&byte, 1};
  run_two([&] { (void)writev(ends[1], &part, 1); }, [&] { byte = 1; });
}

// The eventfd remembers that it was written, not how often.
WRONG(two_wake_ups_become_one, deadlock) {
  const int event = eventfd(0, 0);
  const auto wait = [&] {
    eventfd_t count = 0;
    eventfd_read(event, &count);
  };
  std::thread a(wait);
  std::thread b(wait);
  eventfd_write(event, 1);
  eventfd_write(event, 1);
  a.join();
  b.join();
}

WRONG(poll_then_read_by_two, deadlock) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  require(write(ends[1], "x", 1) == 1, "a byte is written");
  const auto take = [&] {
    pollfd wanted{ends[0], POLLIN, 0};
    char byte = 0;
    if (poll(&wanted, 1, 0) == 1) (void)read(ends[0], &byte, 1);
  };
  run_two(take, take);
}

WRONG(written_after_the_word, data_race) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  int value = 0;
  run_two(
      [&] {
        (void)write(ends[1], "x", 1);
        value = 7;
      },
      [&] {
        char byte = 0;
        (void)read(ends[0], &byte, 1);
        (void)value;
        value = 8;
      });
}

WRONG(read_into_what_another_reads, data_race) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  (void)write(ends[1], "x", 1);
  char byte = 0;
  run_two([&] { (void)read(ends[0], &byte, 1); }, [&] { byte = 1; });
}

WRONG(timer_of_the_kernel, unsupported_call) { timerfd_create(CLOCK_MONOTONIC, 0); }

// The C library would read it, and wait, by itself.
WRONG(pipe_as_a_file, unsupported_call) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  std::FILE* const file = fdopen(ends[0], "r");
  (void)std::fgetc(file);
}

// Nobody in the program can end such a wait, and when it ends nobody can know.
WRONG(poll_on_a_terminal, unsupported_call) {
  pollfd wanted{posix_openpt(O_RDWR | O_NOCTTY), POLLIN, 0};
  std::thread([&] { (void)poll(&wanted, 1, -1); }).join();
}
WRONG(read_of_a_terminal, unsupported_call) {
  char byte = 0;
  (void)read(posix_openpt(O_RDWR | O_NOCTTY), &byte, 1);
}
