// When the function returns, the spinner's thread has ended.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_is_joined) {
  static std::atomic<bool> returned = false;
  static std::atomic<bool> may_end = false;
  ThreadTerminal& terminal = make_terminal();
  // The last frame lingers for a moment, and for as long as we look if the function has returned meanwhile.
  terminal.on_draw = [](int frame) {
    if (frame == 2 && await([] { return returned.load(); }, 100ms))
      (void)await([] { return may_end.load(); }, 10'000ms);
  };
  (void)async_spinner::with_thread_spinner(terminal, 2ms, [&] {
    (void)terminal.await_frames(2, 500ms);
    return 0;
  });
  returned = true;
  racecourse::expect(
      threads_settle_at(1), racecourse::Fault::thread_leak,
      "when the function returns, the spinner's thread must have been joined; it was still running");
  may_end = true;

  for (int call = 0; call < 10; ++call)
    (void)async_spinner::with_thread_spinner(make_terminal(), 1ms, [] { return 0; });
  racecourse::expect(threads_settle_at(1), racecourse::Fault::thread_leak,
                     "after 10 calls no thread of theirs may be left");
}
