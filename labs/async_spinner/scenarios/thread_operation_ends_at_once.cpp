// Operations that end before the spinner's thread has begun: the stop must not get lost.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_operation_ends_at_once) {
  constexpr int kCalls = 40;
  bool results_right = true;
  for (int call = 0; call < kCalls; ++call) {
    ThreadTerminal& terminal = make_terminal();
    results_right =
        async_spinner::with_thread_spinner(terminal, 1ms, [&] { return call; }) == call && results_right;
  }
  CHECK_MESSAGE(results_right, "an operation that ends at once must have its result handed back");
}
