// Between two frames the spinner's thread sleeps: it neither burns CPU time nor wakes up to look around.
// Judged by the kernel's word on that thread: whether it is asleep when we look, and how often it has gone to
// sleep. Other load on the machine changes neither: a thread that could run but gets no processor is not
// asleep.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread_state.hpp"
#include "thread_terminal.hpp"

using namespace scenarios;

namespace {

long sleeps_of_this_thread() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

}  // namespace

RACECOURSE_SCENARIO(thread_sleeps_between_frames) {
  constexpr auto kInterval = 250ms;
  constexpr long kSleepsMax = 8;  // Needed: 1 or 2.
  static std::atomic<long> spinner = 0;
  static std::atomic<long> sleeps_at_first = 0;
  static std::atomic<long> sleeps_at_second = 0;
  ThreadTerminal& terminal = make_terminal();
  terminal.on_draw = [](int frame) {
    if (frame == 1) {
      spinner = ::syscall(SYS_gettid);
      sleeps_at_first = sleeps_of_this_thread();
    } else if (frame == 2) {
      sleeps_at_second = sleeps_of_this_thread();
    }
  };
  int looks = 0;
  int asleep = 0;
  bool drawn = false;
  (void)async_spinner::with_thread_spinner(terminal, kInterval, [&] {
    const auto look = [&] {
      if (spinner == 0) return;
      ++looks;
      if (is_asleep(spinner)) ++asleep;
    };
    drawn = terminal.await_frames(1) && await(
                                            [&] {
                                              look();
                                              return sleeps_at_second != 0;
                                            },
                                            kPatience);
    return 0;
  });
  REQUIRE_MESSAGE(drawn, "the spinner must go on drawing while the operation runs");
  const bool burns = looks > 0 && asleep < looks / 2;
  const bool polls = sleeps_at_second - sleeps_at_first > kSleepsMax;
  CHECK_MESSAGE(!burns, "between two frames the spinner's thread must sleep; it burned CPU time");
  CHECK_MESSAGE(!polls,
                "between two frames the spinner's thread must sleep through; it kept waking up to look");
}
