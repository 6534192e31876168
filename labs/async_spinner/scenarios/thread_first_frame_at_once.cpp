// Goal: the first frame comes at once. Method: virtual time does not pass while a thread can go on, so the
// first frame is drawn at the very moment of the call.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_first_frame_at_once) {
  ThreadTerminal& terminal = make_terminal();
  (void)async_spinner::with_thread_spinner(terminal, 100ms, sleeping(150ms));
  const std::vector<Duration> times = terminal.frame_times();
  CHECK_MESSAGE((!times.empty() && times.front() == 0ms),
                "the first frame must be drawn at once, not after the first interval");
}
