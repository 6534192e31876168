// Goal: the operation runs once, in the calling thread, the spinner in another, and the result comes back
// whole. Method: operations that see some frames and one that sees none.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_hands_back_result) {
  const auto caller = std::this_thread::get_id();
  for (const Duration duration : {150ms, 0ms}) {
    ThreadTerminal& terminal = make_terminal();
    const auto wanted = static_cast<Result>(racecourse::inputs().bits());
    auto& drawn_elsewhere = *new std::atomic<bool>(true);  // For a thread that outlives the call.
    int calls = 0;
    bool in_caller = false;
    terminal.on_draw = [&drawn_elsewhere, caller](int) {
      if (std::this_thread::get_id() == caller) drawn_elsewhere = false;
    };
    const Result result = async_spinner::with_thread_spinner(terminal, 100ms, [&] {
      ++calls;
      in_caller = std::this_thread::get_id() == caller;
      return sleeping(duration, wanted)();
    });
    CHECK_MESSAGE(result == wanted, "the result of the operation must be handed back unchanged");
    CHECK_MESSAGE(calls == 1, "the operation must be called exactly once");
    CHECK_MESSAGE(in_caller, "the operation must run in the calling thread");
    CHECK_MESSAGE(drawn_elsewhere.load(), "the frames must be drawn by another thread than the caller's");
  }
}
