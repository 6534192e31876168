// The spinner stops when the operation has ended, not when its interval is over. The interval is ten minutes:
// a spinner that sleeps it out is ended by the harness.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_stops_promptly) {
  ThreadTerminal& terminal = make_terminal();
  const auto result = async_spinner::with_thread_spinner(terminal, 10min, [&] {
    // That the frame comes is the demand of another scenario. Here the spinner is to be in its sleep.
    (void)terminal.await_frames(1, 500ms);
    std::this_thread::sleep_for(5ms);
    return 7;
  });
  CHECK_MESSAGE(result == 7, "the result of the operation must be handed back");
}
