// Goal: the frames are | / - \ round and round, and every call starts with |. Method: two calls, one after
// the other, whose operations take five intervals and a half of virtual time.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_frames_in_order) {
  for (int call = 0; call < 2; ++call) {
    ThreadTerminal& terminal = make_terminal();
    (void)async_spinner::with_thread_spinner(terminal, 100ms, sleeping(550ms));
    const std::string frames = terminal.frames();
    REQUIRE_MESSAGE(frames.size() >= 5, "the spinner must go on drawing while the operation runs");
    CHECK_MESSAGE(frames_in_order(frames), "the frames must be | / - \\ round and round, starting with |",
                  (call == 0 ? "" : " in every call"));
  }
}
