// The frame of a task is destroyed when it has ended, before any other task gets a turn and before those who
// join it become ready; the frames of tasks that never ended with the loop. Seen through a parameter, which
// lives as long as the frame.
#include <memory>

#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

using Token = std::shared_ptr<int>;

Task<void> hold(EventLoop& loop, Token) { co_await loop.yield(); }

Task<void> hold_and_fail(EventLoop& loop, Token) {
  co_await loop.yield();
  throw Boom(1);
}

Task<int> hold_inside(EventLoop& loop, Token, TaskId joined) {
  (void)co_await loop.join(joined);
  co_return 1;
}

Task<void> hold_outside(EventLoop& loop, Token token, const TaskId& joined) {
  (void)co_await hold_inside(loop, token, joined);
}

Task<void> look(EventLoop& loop, Diary& diary, std::weak_ptr<int> first, std::weak_ptr<int> second) {
  co_await loop.yield();
  diary.note(first.expired() ? "gone" : "kept");
  diary.note(second.expired() ? "gone" : "kept");
}

Task<void> say(Diary& diary, const char* what) {
  diary.note(what);
  co_return;
}

Task<void> say_when_joined(EventLoop& loop, Diary& diary, TaskId task) {
  (void)co_await loop.join(task);
  diary.note("joined");
}

// A parameter that spawns a task when its frame is destroyed, so that the task's place in the queue shows
// when.
void spawn_at_the_end(VirtualClock& clock) {
  Diary diary(clock);
  bool runs = true;
  const auto loop = async_spinner::make_loop(clock);
  const auto spawn = [&](const int* number) {
    delete number;
    if (runs) loop->spawn(say(diary, "spawned"));
  };
  const TaskId task = loop->spawn(hold(*loop, Token(new int(6), spawn)));
  loop->spawn(say_when_joined(*loop, diary, task));
  (void)run_outcome(*loop);
  runs = false;
  EXPECT_TEXT(diary.text(), "spawned joined",
              "those who join a task must become ready after its frame is destroyed, not before");
}

}  // namespace

RACECOURSE_SCENARIO(loop_destroys_frames) {
  VirtualClock clock;
  Diary diary(clock);
  spawn_at_the_end(clock);
  Token returning = std::make_shared<int>(1);
  Token failing = std::make_shared<int>(2);
  Token cancelled = std::make_shared<int>(3);
  const std::weak_ptr<int> returned = returning;
  const std::weak_ptr<int> failed = failing;
  const std::weak_ptr<int> unstarted = cancelled;
  {
    const auto loop = async_spinner::make_loop(clock);
    loop->spawn(hold(*loop, std::move(returning)));
    loop->spawn(hold_and_fail(*loop, std::move(failing)));
    (void)loop->cancel(loop->spawn(hold(*loop, std::move(cancelled))));
    loop->spawn(look(*loop, diary, returned, failed));
    (void)run_outcome(*loop);
    EXPECT_TEXT(diary.text(), "gone gone",
                "a task's frame must be destroyed before the next task gets a turn");
    CHECK_MESSAGE(unstarted.expired(),
                  "the frame of a task that was cancelled before its start must be destroyed");
  }

  Token waiting = std::make_shared<int>(4);
  Token waiting_unstarted = std::make_shared<int>(5);
  const std::weak_ptr<int> deadlocked = waiting;
  const std::weak_ptr<int> never_run = waiting_unstarted;
  {
    const auto loop = async_spinner::make_loop(clock);
    TaskId self{};
    self = loop->spawn(hold_outside(*loop, std::move(waiting), self));
    (void)run_outcome(*loop);
    loop->spawn(hold(*loop, std::move(waiting_unstarted)));
    const bool kept = !deadlocked.expired() && !never_run.expired();
    CHECK_MESSAGE(kept, "a task that has not ended must keep its frame while the loop lives");
  }
  const bool destroyed = deadlocked.expired() && never_run.expired();
  CHECK_MESSAGE(destroyed, "the loop's destructor must destroy the frames of the tasks that have not ended");
}
