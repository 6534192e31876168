// The loop sleeps only while no task is ready, once for each deadline and exactly until it.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> sleep_twice(EventLoop& loop, Duration first, Duration second) {
  co_await loop.sleep(first);
  co_await loop.sleep(second);
}

Task<void> yield_often(EventLoop& loop, Diary& diary, Duration start, int turns) {
  co_await loop.sleep(start);
  for (int turn = 0; turn < turns; ++turn) co_await loop.yield();
  diary.note_at("yielded");
}

Task<void> not_at_all(EventLoop& loop, Diary& diary) {
  co_await loop.sleep(0ms);
  co_await loop.sleep(-3ms);
  diary.note_at("not_slept");
}

}  // namespace

RACECOURSE_SCENARIO(loop_sleeps_only_when_idle) {
  VirtualClock clock;
  Diary diary(clock);
  const auto loop = async_spinner::make_loop(clock);
  const std::chrono::milliseconds far(racecourse::inputs().between(100, 900));
  const std::chrono::milliseconds near(racecourse::inputs().between(10, 50));
  loop->spawn(sleep_twice(*loop, near, far));
  loop->spawn(yield_often(*loop, diary, near, 500));
  loop->spawn(not_at_all(*loop, diary));
  run(*loop);
  EXPECT_TEXT(diary.text(), "not_slept@0 yielded@" + std::to_string(near.count()),
              "no time may pass while a task is ready, and sleeping for 0 or less must be like yield()");
  const bool exact = clock.sleeps() == std::vector<Duration>{near, near + far};
  CHECK_MESSAGE(exact,
                "the loop must sleep once for each deadline and exactly until it: not in slices, not while a "
                "task is ready, not for deadlines that have passed");
}
