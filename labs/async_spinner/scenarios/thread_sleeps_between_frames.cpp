// Goal: between two frames the spinner's thread sleeps through: it neither burns CPU time nor wakes up to
// look around. Method: an interval of a day. Whoever sleeps needs a few steps for it; whoever looks around,
// even once a minute, needs more than the scenario's budget, which is then a livelock.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_sleeps_between_frames) {
  ThreadTerminal& terminal = make_terminal();
  (void)async_spinner::with_thread_spinner(terminal, 24h, sleeping(36h));
  CHECK_MESSAGE(!terminal.frames().empty(), "the spinner must draw while the operation runs");
}
