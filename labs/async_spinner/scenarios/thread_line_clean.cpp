// The line is cleaned exactly once, after the last frame and before the function returns; also when the
// operation ends while a frame is being drawn.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_line_clean) {
  for (const bool end_while_drawing : {false, true}) {
    ThreadTerminal& terminal = make_terminal();
    const int last = end_while_drawing ? 3 : static_cast<int>(racecourse::inputs().between(2, 9));
    // The draw that lets the operation end lingers, so whoever cleans the line without waiting for it comes
    // first.
    if (end_while_drawing)
      terminal.on_draw = [&terminal, last](int frame) {
        if (frame == last) (void)await([&] { return terminal.cleaned(); }, 100ms);
      };
    (void)async_spinner::with_thread_spinner(terminal, 2ms, [&] {
      (void)terminal.await_frames(last, 500ms);
      return 0;
    });
    const std::string events = terminal.events();
    const auto cleanings = std::count(events.begin(), events.end(), kCleaned);
    CHECK_MESSAGE(cleanings == 1, "the line must be cleaned exactly once before the function returns");
    const bool frame_after = !events.empty() && cleanings > 0 && events.back() != kCleaned;
    CHECK_MESSAGE(!frame_after, "no frame may be drawn after the line was cleaned");
  }
}
