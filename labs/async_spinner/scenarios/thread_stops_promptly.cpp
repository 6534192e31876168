// Goal: the spinner stops when the operation has ended, not when its interval is over. Method: operations
// that end in the middle of an interval; in virtual time the call returns at that very moment.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_stops_promptly) {
  const Duration early = std::chrono::microseconds(racecourse::inputs().between(1'500, 60'000'000));
  CHECK_MESSAGE(time_of_spinning(make_terminal(), 10min, sleeping(early)) == early,
                "when the operation ends the spinner must stop at once: the call came back later");
  ThreadTerminal& terminal = make_terminal();
  const Duration late = 20min + early;
  CHECK_MESSAGE(time_of_spinning(terminal, 10min, sleeping(late)) == late,
                "when the operation ends between two later frames, the spinner must stop at once too");
  CHECK_MESSAGE(!terminal.frames().empty(), "while the operation takes its time, a frame must be drawn");
}
