// cancel() of a task that has not started, that is ready, that joins, that runs; twice; and of one that goes
// on.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> never(Diary& diary) {
  diary.note("never_started");
  co_return;
}

Task<void> yields(EventLoop& loop, Diary& diary) {
  try {
    for (;;) co_await loop.yield();
  } catch (const Cancelled&) {
    diary.note_at("ready");
    throw;
  }
}

Task<void> joins(EventLoop& loop, Diary& diary, TaskId task) {
  try {
    (void)co_await loop.join(task);
    diary.note_at("joined");
  } catch (const Cancelled&) {
    diary.note_at("joining");
    throw;
  }
}

Task<void> goes_on(EventLoop& loop, Diary& diary) {
  for (int times = 1; times <= 2; ++times) {
    try {
      co_await loop.sleep(1h);
      diary.note_at("overslept");
    } catch (const Cancelled&) {
      diary.note_at("survived" + std::to_string(times));
    }
  }
  co_await loop.sleep(3ms);
  diary.note_at("rested");
}

Task<void> cancels_itself(EventLoop& loop, Diary& diary, const TaskId& self) {
  (void)loop.cancel(self);
  diary.note_at("running");
  try {
    co_await loop.sleep(1h);
  } catch (const Cancelled&) {
    diary.note_at("self");
    throw;
  }
}

Task<void> direct(EventLoop& loop, Diary& diary, std::vector<TaskId> tasks, TaskId survivor) {
  co_await loop.sleep(10ms);
  for (const TaskId task : tasks)
    for (int times = 0; times < 2; ++times) (void)loop.cancel(task);  // Asking twice is asking once.
  for (int times = 0; times < 2; ++times) (void)loop.cancel(survivor);
  co_await loop.sleep(10ms);
  (void)loop.cancel(survivor);
  tasks.push_back(survivor);
  for (const TaskId task : tasks) diary.note(name_of(co_await loop.join(task)));
}

}  // namespace

RACECOURSE_SCENARIO(loop_cancels_in_every_state) {
  VirtualClock clock;
  Diary diary(clock);
  const auto loop = async_spinner::make_loop(clock);
  const TaskId unstarted = loop->spawn(never(diary));
  CHECK_MESSAGE(loop->cancel(unstarted), "cancel() must say true for a task that has not ended");
  run(*loop);
  EXPECT_TEXT(diary.text(), "", "a task that is cancelled before its first turn must not start");
  CHECK_MESSAGE(!loop->cancel(unstarted), "cancel() must say false for a task that has ended");

  const TaskId survivor = loop->spawn(goes_on(*loop, diary));
  const TaskId joiner = loop->spawn(joins(*loop, diary, survivor));
  TaskId self{};
  self = loop->spawn(cancels_itself(*loop, diary, self));
  loop->spawn(direct(*loop, diary, {joiner, self, unstarted}, survivor));
  run(*loop);
  EXPECT_TEXT(diary.text(),
              "running@0 self@0 joining@10 survived1@10 survived2@20 cancelled cancelled cancelled rested@23 "
              "returned",
              "cancel() must reach joining, running and sleeping tasks, once each time it is asked for");

  Diary other(clock);
  const TaskId ready = loop->spawn(yields(*loop, other));
  loop->spawn(direct(*loop, other, {}, ready));
  loop->spawn([](EventLoop& of, TaskId task) -> Task<void> {
    co_await of.yield();
    (void)of.cancel(task);
  }(*loop, ready));
  run(*loop);
  EXPECT_TEXT(other.text(), "ready@23 cancelled", "cancel() must reach a task that is ready");
}
