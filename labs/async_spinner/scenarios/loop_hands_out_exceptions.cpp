// An exception that leaves a task disturbs no other; run() throws the first one when all tasks have ended.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace loop_hands_out_exceptions {

Task<void> fail_after(EventLoop& loop, Duration duration, int code) {
  co_await loop.sleep(duration);
  throw Boom(code);
}

Task<void> work(EventLoop& loop, Diary& diary, Duration duration) {
  co_await loop.sleep(duration);
  diary.note_at("worked");
}

Task<void> join(EventLoop& loop, Diary& diary, TaskId task) {
  const Ending ending = co_await loop.join(task);
  diary.note_at(name_of(ending));
}

RACECOURSE_SCENARIO(loop_hands_out_exceptions) {
  VirtualClock clock;
  Diary diary(clock);
  const auto loop = async_spinner::make_loop(clock);
  const int code = static_cast<int>(racecourse::inputs().between(1, 1'000'000));
  const TaskId second = loop->spawn(fail_after(*loop, 20ms, -code));
  const TaskId first = loop->spawn(fail_after(*loop, 10ms, code));
  loop->spawn(join(*loop, diary, first));
  loop->spawn(join(*loop, diary, second));
  loop->spawn(work(*loop, diary, 30ms));
  EXPECT_TEXT(run_outcome(*loop), "Boom " + std::to_string(code),
              "run() must throw the exception of the task that failed first, with its type and content");
  EXPECT_TEXT(diary.text(), "failed@10 failed@20 worked@30",
              "an exception of one task must not disturb the others, and join() must say failed");
  loop->spawn(work(*loop, diary, 5ms));
  EXPECT_TEXT(run_outcome(*loop), "nothing",
              "an exception that run() has thrown must not be thrown by the next run()");
}

}  // namespace loop_hands_out_exceptions
}  // namespace
