// The operation runs once, in the calling thread, the spinner in another, and the result comes back whole.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_hands_back_result) {
  for (int call = 0; call < 5; ++call) {
    ThreadTerminal& terminal = make_terminal();
    const auto caller = std::this_thread::get_id();
    const auto wanted = static_cast<async_spinner::Result>(racecourse::inputs().bits());
    static std::atomic<bool> drawn_elsewhere = true;
    int calls = 0;
    bool in_caller = false;
    terminal.on_draw = [caller](int) {
      if (std::this_thread::get_id() == caller) drawn_elsewhere = false;
    };
    const auto result = async_spinner::with_thread_spinner(terminal, 1ms, [&] {
      ++calls;
      in_caller = std::this_thread::get_id() == caller;
      (void)terminal.await_frames(2, 500ms);
      return wanted;
    });

    CHECK_MESSAGE(result == wanted, "the result of the operation must be handed back unchanged");
    CHECK_MESSAGE(calls == 1, "the operation must be called exactly once");
    CHECK_MESSAGE(in_caller, "the operation must run in the calling thread");
    CHECK_MESSAGE(drawn_elsewhere, "the frames must be drawn by another thread than the caller's");
  }
}
