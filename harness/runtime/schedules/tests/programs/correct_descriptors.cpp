// Correct programs whose threads talk through pipes, sockets and eventfds.
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include "program.hpp"

using namespace racecourse::schedules::programs;
using namespace std::chrono_literals;

namespace {

struct Pipe {
  Pipe() { require(pipe2(ends.data(), O_CLOEXEC) == 0, "there is a pipe"); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  [[nodiscard]] int in() const { return ends[1]; }
  [[nodiscard]] int out() const { return ends[0]; }
  std::array<int, 2> ends{};
};

void put(int descriptor) { require(write(descriptor, "x", 1) == 1, "a byte is written"); }
char take(int descriptor) {
  char byte = 0;
  require(read(descriptor, &byte, 1) == 1, "a byte is read");
  return byte;
}

}  // namespace

CORRECT(pipe_hands_over) {
  const Pipe pipe;
  int value = 0;
  run_two(
      [&] {
        value = 7;
        put(pipe.in());
      },
      [&] {
        take(pipe.out());
        require(value == 7, "what was written before the byte is seen");
      });
}

CORRECT(message_in_parts) {
  const Pipe pipe;
  int value = 0;
  run_two(
      [&] {
        value = 7;
        std::string head = "ab";
        std::string tail = "cde";
        const std::array<iovec, 2> parts = {iovec{head.data(), 2}, iovec{tail.data(), 3}};
        require(writev(pipe.in(), parts.data(), 2) == 5, "all parts are written");
      },
      [&] {
        std::string head(3, ' ');
        std::string tail(3, ' ');
        const std::array<iovec, 2> parts = {iovec{head.data(), 3}, iovec{tail.data(), 3}};
        require(readv(pipe.out(), parts.data(), 2) == 5, "all parts are read at once");
        require(head == "abc" && tail == "de " && value == 7, "they are what was written");
      });
}

CORRECT(pipe_as_a_lock) {
  const Pipe pipe;
  int value = 0;
  put(pipe.in());
  const auto work = [&] {
    for (int i = 0; i < 2; ++i) {
      take(pipe.out());
      ++value;
      put(pipe.in());
    }
  };
  run_two(work, work);
  require(value == 4, "no increment is lost");
}

CORRECT(two_readers_of_one_byte_each) {
  const Pipe pipe;
  std::thread a([&] { take(pipe.out()); });
  std::thread b([&] { take(pipe.out()); });
  put(pipe.in());
  put(pipe.in());
  a.join();
  b.join();
}

CORRECT(more_than_a_pipe_holds) {
  const Pipe pipe;
  const std::string text(200'000, 'x');
  std::size_t got = 0;
  run_two(
      [&] {
        require(write(pipe.in(), text.data(), text.size()) == static_cast<ssize_t>(text.size()),
                "a write that may wait writes all");
      },
      [&] {
        static std::array<char, 65'536> part;
        while (got < text.size()) {
          const ssize_t size = read(pipe.out(), part.data(), part.size());
          require(size > 0, "there is more");
          got += static_cast<std::size_t>(size);
        }
      });
  require(got == text.size(), "all arrives");
}

CORRECT(closing_is_the_end) {
  std::array<int, 2> ends{};
  require(pipe(ends.data()) == 0, "there is a pipe");
  int value = 0;
  run_two(
      [&] {
        value = 7;
        close(ends[1]);
      },
      [&] {
        char byte = 0;
        require(read(ends[0], &byte, 1) == 0, "the end is seen");
        require(value == 7, "what was written before closing is seen");
      });
  close(ends[0]);
}

CORRECT(eventfd_adds_up) {
  const int sum = eventfd(0, EFD_CLOEXEC);
  std::thread a([&] { eventfd_write(sum, 3); });
  std::thread b([&] { eventfd_write(sum, 4); });
  eventfd_t all = 0;
  while (all < 7) {
    eventfd_t part = 0;
    require(eventfd_read(sum, &part) == 0, "there is something");
    all += part;
  }
  a.join();
  b.join();
  require(all == 7, "the sum");
  close(sum);
}

CORRECT(eventfd_that_never_waits) {
  const int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  eventfd_t value = 0;
  require(eventfd_read(event, &value) == -1 && errno == EAGAIN, "there is nothing yet");
  int done = 0;
  std::thread other([&] {
    done = 1;
    eventfd_write(event, 1);
  });
  while (eventfd_read(event, &value) == -1) std::this_thread::yield();
  require(done == 1, "what was written before is seen");
  other.join();
  close(event);
}

CORRECT(eventfd_as_a_semaphore) {
  const int units = eventfd(1, EFD_CLOEXEC | EFD_SEMAPHORE);
  int value = 0;
  const auto work = [&] {
    eventfd_t unit = 0;
    require(eventfd_read(units, &unit) == 0 && unit == 1, "one unit");
    ++value;
    eventfd_write(units, 1);
  };
  run_two(work, work);
  require(value == 2, "no increment is lost");
  close(units);
}

CORRECT(poll_ends_at_its_time) {
  const Pipe pipe;
  const auto start = std::chrono::steady_clock::now();
  pollfd wanted{pipe.out(), POLLIN, 0};
  require(poll(&wanted, 1, 100) == 0, "nothing comes");
  require(std::chrono::steady_clock::now() - start == 100ms, "after 100 ms");
}

TIMED(poll_is_woken_in_between) {
  const Pipe stop;
  std::atomic<bool> stopped = false;
  std::thread spinner([&] {
    pollfd wanted{stop.out(), POLLIN, 0};
    int frames = 0;
    while (poll(&wanted, 1, 100) == 0) ++frames;
    require(frames == 2 && stopped, "two frames in 250 ms");
  });
  std::this_thread::sleep_for(250ms);
  stopped = true;
  put(stop.in());
  spinner.join();
}

CORRECT(select_waits_for_either) {
  const Pipe a;
  const Pipe b;
  int value = 0;
  run_two(
      [&] {
        value = 7;
        put(b.in());
      },
      [&] {
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(a.out(), &readable);
        FD_SET(b.out(), &readable);
        require(select(b.out() + b.in() + 1, &readable, nullptr, nullptr, nullptr) == 1, "one is ready");
        require(FD_ISSET(b.out(), &readable) && !FD_ISSET(a.out(), &readable), "the one that was written");
        require(value == 7, "what was written before is seen");
      });
}

CORRECT(epoll_waits_for_either) {
  const Pipe a;
  const Pipe b;
  const int set = epoll_create1(EPOLL_CLOEXEC);
  for (const Pipe* pipe : {&a, &b}) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = pipe->out()}};
    epoll_ctl(set, EPOLL_CTL_ADD, pipe->out(), &event);
  }
  int value = 0;
  run_two(
      [&] {
        value = 7;
        put(b.in());
      },
      [&] {
        epoll_event event{};
        require(epoll_wait(set, &event, 1, -1) == 1 && event.data.fd == b.out(), "the one that was written");
        require(value == 7, "what was written before is seen");
      });
  close(set);
}

CORRECT(socket_ping_pong) {
  std::array<int, 2> ends{};
  require(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0, "there is a pair");
  int value = 0;
  const auto send_byte = [](int end) { require(send(end, "x", 1, MSG_NOSIGNAL) == 1, "a byte is sent"); };
  const auto receive_byte = [](int end) {
    char byte = 0;
    require(recv(end, &byte, 1, 0) == 1, "a byte is received");
  };
  run_two(
      [&] {
        for (int i = 0; i < 2; ++i) {
          ++value;
          send_byte(ends[0]);
          receive_byte(ends[0]);
        }
      },
      [&] {
        for (int i = 0; i < 2; ++i) {
          receive_byte(ends[1]);
          ++value;
          send_byte(ends[1]);
        }
      });
  require(value == 4, "they take turns");
  close(ends[0]);
  close(ends[1]);
}

// More of them than a process may have, if executions did not begin with the same ones.
CORRECT(descriptors_that_nobody_closes) {
  std::array<int, 2> first{};
  require(pipe(first.data()) == 0, "there is a pipe");
  static int number = first[0];
  require(number == first[0], "the same numbers every time");
  for (int i = 0; i < 20; ++i) require(eventfd(0, 0) >= 0, "there is an eventfd");
  run_two([&] { put(first[1]); }, [&] { take(first[0]); });
}
// Files, too.
CORRECT(file_that_nobody_closes) {
  const int file = open("/dev/null", O_RDONLY);
  require(file >= 0, "the file opens");
  static int number = file;
  require(number == file, "the same number every time");
  std::atomic<int> seen = 0;
  run_two([&] { ++seen; }, [&] { ++seen; });
  require(seen == 2, "both have run");
}
