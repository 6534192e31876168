// The spinner keeps the interval that it is given: not faster, and not slower by orders of magnitude.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_interval_kept) {
  ThreadTerminal& slow = make_terminal();
  constexpr auto kSlow = 20ms;
  constexpr int kSlowFrames = 6;
  bool slow_drawn = false;
  bool fast_drawn = false;
  const auto start = SteadyClock::now();
  (void)async_spinner::with_thread_spinner(slow, kSlow, [&] {
    slow_drawn = slow.await_frames(kSlowFrames);
    return 0;
  });
  // Half of what the frames must take at least: late frames make it longer, never shorter.
  const bool not_too_fast = SteadyClock::now() - start >= (kSlowFrames - 1) * kSlow / 2;
  CHECK_MESSAGE(slow_drawn, "the spinner must go on drawing while the operation runs");
  CHECK_MESSAGE(not_too_fast,
                "the spinner must wait for the interval between two frames; its frames came too fast");

  ThreadTerminal& fast = make_terminal();
  (void)async_spinner::with_thread_spinner(fast, 1ms, [&] {
    fast_drawn = fast.await_frames(25);  // 25 ms; whoever takes 50 ms for each frame does not make it.
    return 0;
  });
  CHECK_MESSAGE(fast_drawn, "25 frames at an interval of 1 ms must not take longer than a second");
}
