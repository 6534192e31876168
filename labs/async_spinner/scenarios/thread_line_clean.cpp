// Goal: the line is cleaned exactly once, after the last frame and before the function returns. Method: the
// operation ends between two frames, in the middle of one, and at once; timeouts may come early, so that
// frames meet the stop in every interleaving.
#include "thread_terminal.hpp"

using namespace scenarios;

namespace {

void expect_clean(const ThreadTerminal& terminal, const char* when) {
  const std::string events = terminal.events();
  if (terminal.frames().empty() && events.size() <= 1) return;
  const auto cleanings = std::count(events.begin(), events.end(), kCleaned);
  CHECK_MESSAGE(cleanings == 1, "the line must be cleaned exactly once before the function returns; ", when);
  if (cleanings == 1)
    CHECK_MESSAGE(events.back() == kCleaned, "no frame may be drawn after the line was cleaned; ", when);
}

}  // namespace

RACECOURSE_SCENARIO(thread_line_clean) {
  ThreadTerminal& between = make_terminal();
  (void)async_spinner::with_thread_spinner(between, 100ms, [&between] {
    std::this_thread::sleep_for(150ms);
    // Where timeouts come early, the spinner may not have begun: there is nothing to clean without a frame.
    for (int i = 0; i < 300 && between.frames().empty(); ++i) std::this_thread::sleep_for(1ms);
    return async_spinner::Result{0};
  });
  CHECK_MESSAGE(!between.frames().empty(), "while the operation takes its time, a frame must be drawn");
  expect_clean(between, "the operation ended between two frames");

  ThreadTerminal& slow = make_terminal();
  slow.on_draw = [](int) { std::this_thread::sleep_for(30ms); };
  (void)async_spinner::with_thread_spinner(slow, 100ms, sleeping(20ms));
  expect_clean(slow, "the operation ended while a frame was being drawn");

  ThreadTerminal& short_one = make_terminal();
  (void)async_spinner::with_thread_spinner(short_one, 100ms, sleeping(0ms));
  expect_clean(short_one, "the operation ended at once");
}
