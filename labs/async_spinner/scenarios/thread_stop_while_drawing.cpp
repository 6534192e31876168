// The operation ends while the spinner is drawing, so between its look at the stop flag and its sleep. A
// spinner that then waits for a notification that has been has lost its wake-up and sleeps the ten minutes
// out.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_stop_while_drawing) {
  ThreadTerminal& terminal = make_terminal();
  terminal.on_draw = [](int) { std::this_thread::sleep_for(80ms); };  // A slow terminal.
  const auto result = async_spinner::with_thread_spinner(terminal, 10min, [&] {
    (void)terminal.await_frames(1, 500ms);
    return 8;
  });
  CHECK_MESSAGE(result == 8, "the result of the operation must be handed back");
}
