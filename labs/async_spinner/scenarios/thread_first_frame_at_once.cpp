// The first frame comes at once, not after an interval.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_first_frame_at_once) {
  // A thread starts a thousand times faster than this, so a frame later than this is one that waited for it.
  constexpr auto kInterval = 1300ms;
  ThreadTerminal& terminal = make_terminal();
  bool at_once = false;
  (void)async_spinner::with_thread_spinner(terminal, kInterval, [&] {
    const auto start = SteadyClock::now();
    at_once = terminal.await_frames(1, 2000ms) && SteadyClock::now() - start < kInterval;
    return 0;
  });
  CHECK_MESSAGE(at_once, "the first frame must be drawn at once, not after the first interval");
}
