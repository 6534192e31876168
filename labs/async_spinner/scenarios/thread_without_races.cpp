// The spinner's thread and the caller share nothing without synchronisation: not the stop flag, not the
// terminal. Judged by ThreadSanitizer alone.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_without_races) {
  std::size_t events = 0;
  for (int call = 0; call < 8; ++call) {
    ThreadTerminal& terminal = make_terminal();
    const int frames = static_cast<int>(racecourse::inputs().between(6, 12));
    if (call % 2 == 1)  // The operation ends in the middle of a draw.
      terminal.on_draw = [&terminal, frames](int frame) {
        if (frame == frames) terminal.linger();
      };
    (void)async_spinner::with_thread_spinner(terminal, 1ms, [&] {
      if (call < 7) (void)terminal.await_frames(frames, 150ms);
      terminal.end_is_near();
      return 0;
    });
    events += terminal.events().size();  // What the caller sees must have happened before it looks.
  }
  (void)threads_settle_at(1);  // Lets a thread that was left behind do what it does.
  CHECK_MESSAGE(events > 0, "the spinner must draw");
}
