// The frames are | / - \ round and round, and every call starts with |.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_frames_in_order) {
  for (int call = 0; call < 3; ++call) {
    ThreadTerminal& terminal = make_terminal();
    const int wanted = static_cast<int>(racecourse::inputs().between(5, 14));
    bool drawn = false;
    (void)async_spinner::with_thread_spinner(terminal, 1ms, [&] {
      drawn = terminal.await_frames(wanted);
      return 0;
    });
    REQUIRE_MESSAGE(drawn, "the spinner must go on drawing while the operation runs");
    CHECK_MESSAGE(frames_in_order(terminal.frames()),
                  "the frames must be | / - \\ round and round, starting with |",
                  (call == 0 ? "" : " in every call"));
  }
}
