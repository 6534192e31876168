// Goal: an operation that ends at once stops the spinner, however far that has come. Method: every
// interleaving of the spinner's beginning with the stop; no virtual time may pass in any.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_operation_ends_at_once) {
  // Nothing is easier to stop than a spinner that does not spin.
  ThreadTerminal& terminal = make_terminal();
  (void)time_of_spinning(terminal, 10ms, sleeping(25ms));
  CHECK_MESSAGE(!terminal.frames().empty(), "while the operation takes its time, a frame must be drawn");
  CHECK_MESSAGE(time_of_spinning(make_terminal(), 10min, sleeping(0ms)) == 0ms,
                "the operation ended while the spinner was just beginning: the stop must not be lost, the "
                "call must return at once");
}
