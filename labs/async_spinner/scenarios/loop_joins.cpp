// join() waits for the end of another task and says how it ended; joiners go on in the order in which they
// joined.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace loop_joins {

Task<void> work(EventLoop& loop, Diary& diary, Duration duration) {
  co_await loop.sleep(duration);
  diary.note_at("worked");
}

Task<void> join(EventLoop& loop, Diary& diary, std::string name, TaskId task) {
  const Ending ending = co_await loop.join(task);
  diary.note_at(name + ":" + std::string(name_of(ending)));
}

Task<void> join_late(EventLoop& loop, Diary& diary, Duration start, TaskId first, TaskId second) {
  co_await loop.sleep(start);
  const Ending one = co_await loop.join(first);
  const Ending two = co_await loop.join(second);
  diary.note_at("late:" + std::string(name_of(one)) + "," + std::string(name_of(two)));
}

RACECOURSE_SCENARIO(loop_joins) {
  VirtualClock clock;
  Diary diary(clock);
  const auto loop = async_spinner::make_loop(clock);
  const std::int64_t worked_ms = racecourse::inputs().between(20, 60);
  const TaskId worker = loop->spawn(work(*loop, diary, std::chrono::milliseconds(worked_ms)));
  const TaskId first = loop->spawn(join(*loop, diary, "a", worker));
  loop->spawn(join(*loop, diary, "b", worker));
  loop->spawn(join(*loop, diary, "c", worker));
  loop->spawn(join(*loop, diary, "d", first));
  loop->spawn(join_late(*loop, diary, std::chrono::milliseconds(worked_ms + 10), worker, first));
  run(*loop);
  const std::string at = "@" + std::to_string(worked_ms);
  EXPECT_TEXT(diary.text(),
              "worked" + at + " a:returned" + at + " b:returned" + at + " c:returned" + at + " d:returned" +
                  at + " late:returned,returned@" + std::to_string(worked_ms + 10),
              "whoever joins a task must go on when it has ended, in the order of joining, and at once if it "
              "had ended");
}

}  // namespace loop_joins
}  // namespace
