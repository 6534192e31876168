// Goal: the spinner's thread and the caller share nothing without synchronisation, neither the stop nor the
// terminal. Method: under controlled schedules two short calls, with timeouts that come early; under
// ThreadSanitizer a series in real time.
#include "plain_terminal.hpp"

using namespace scenarios;

namespace {

std::size_t events_in_real_time() {
  std::size_t events = 0;
  for (int call = 0; call < 3; ++call) {
    PlainTerminal& terminal = make_plain_terminal();
    const int frames = static_cast<int>(racecourse::inputs().between(2, 4));
    if (call % 2 == 0) terminal.slow_frame = frames;
    (void)async_spinner::with_thread_spinner(terminal, 5ms, [&] {
      terminal.await_frames(frames);
      return 0;
    });
    events += terminal.events();
  }
  return events;
}

}  // namespace

RACECOURSE_SCENARIO(thread_without_races) {
  std::size_t events = 0;
  if (racecourse::under_tsan()) {
    events = events_in_real_time();
  } else {
    for (const auto duration : {150ms, 0ms}) {
      PlainTerminal& terminal = make_plain_terminal();
      (void)async_spinner::with_thread_spinner(terminal, 100ms, [&] {
        if (duration > 0ms) std::this_thread::sleep_for(duration);
        // Where timeouts come early, the spinner may not have begun; without a frame nothing can race.
        if (duration > 0ms) terminal.await_frames(1);
        return 0;
      });
      events += terminal.events();
    }
  }
  // How it draws is another scenario's demand; here it matters that the caller has looked.
  CHECK_MESSAGE(events > 0, "while the operation takes its time, a frame must be drawn");
  CHECK_MESSAGE(events < 100'000, "the spinner must keep its interval");
}
