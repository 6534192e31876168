// run() returns when all tasks have ended, and throws Deadlock when some are left that nothing can wake.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> join(EventLoop& loop, const TaskId& task) { (void)co_await loop.join(task); }

Task<void> work(EventLoop& loop, Diary& diary) {
  co_await loop.sleep(20ms);
  diary.note_at("worked");
}

}  // namespace

RACECOURSE_SCENARIO(loop_reports_deadlock) {
  VirtualClock clock;
  Diary diary(clock);
  EXPECT_TEXT(run_outcome(*async_spinner::make_loop(clock)), "nothing",
              "run() of a loop without tasks must return");
  {
    const auto loop = async_spinner::make_loop(clock);
    TaskId left{};
    TaskId right{};
    left = loop->spawn(join(*loop, right));
    right = loop->spawn(join(*loop, left));
    loop->spawn(work(*loop, diary));
    EXPECT_TEXT(run_outcome(*loop), "Deadlock",
                "two tasks that join each other must be reported as Deadlock");
    EXPECT_TEXT(diary.text(), "worked@20", "the other tasks must end before the deadlock is reported");
  }
  const auto loop = async_spinner::make_loop(clock);
  TaskId self{};
  self = loop->spawn(join(*loop, self));
  EXPECT_TEXT(run_outcome(*loop), "Deadlock", "a task that joins itself must be reported as Deadlock");
}
