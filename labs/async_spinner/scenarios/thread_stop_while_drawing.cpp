// Goal: a stop that comes while a frame is being drawn is not lost. Method: a slow terminal, and an operation
// that ends in the middle of the first frame, so between the spinner's look at the stop and its sleep.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_stop_while_drawing) {
  ThreadTerminal& terminal = make_terminal();
  terminal.on_draw = [](int) { std::this_thread::sleep_for(80ms); };
  const Duration took = time_of_spinning(terminal, 10min, sleeping(40ms));
  CHECK_MESSAGE(!terminal.frames().empty(), "while the operation takes its time, a frame must be drawn");
  CHECK_MESSAGE(took <= 80ms,
                "the operation ended while a frame was being drawn: the spinner must stop as soon as that "
                "frame is drawn");
}
