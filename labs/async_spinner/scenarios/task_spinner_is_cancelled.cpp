// The task that waits in with_task_spinner is cancelled: the operation gets Cancelled, the line is cleaned,
// Cancelled comes out.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace task_spinner_is_cancelled {

Task<Result> stubborn(EventLoop& loop, Diary& diary, bool gives_in) {
  try {
    co_await loop.sleep(1h);
  } catch (const Cancelled&) {
    diary.note_at("operation");
    if (gives_in) throw;
  }
  co_return 5;
}

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, Diary& diary, Duration interval,
                     Task<Result> operation) {
  try {
    const Result result =
        co_await async_spinner::with_task_spinner(loop, terminal, interval, std::move(operation));
    diary.note_at("result" + std::to_string(result));
  } catch (const Cancelled&) {
    diary.note_at("came_out");
    throw;
  }
}

Task<void> cancel_after(EventLoop& loop, Diary& diary, Duration duration, TaskId task) {
  co_await loop.sleep(duration);
  (void)loop.cancel(task);
  const Ending ending = co_await loop.join(task);
  diary.note_at(name_of(ending));
}

RACECOURSE_SCENARIO(task_spinner_is_cancelled) {
  VirtualClock clock;
  Diary diary(clock);
  VirtualTerminal terminal(clock, diary);
  const auto loop = async_spinner::make_loop(clock);
  const TaskId gives_in = loop->spawn(supervise(*loop, terminal, diary, 10ms, stubborn(*loop, diary, true)));
  loop->spawn(cancel_after(*loop, diary, 15ms, gives_in));
  EXPECT_TEXT(run_outcome(*loop), "nothing", "a cancelled task must not make run() throw");
  EXPECT_TEXT(
      diary.text(), "|@0 /@10 operation@15 C@15 came_out@15 cancelled@15",
      "cancelling the waiting task must cancel the operation, then clean the line (C), then come out");
  CHECK_MESSAGE(clock.elapsed_ms() == 15, "nothing may be left for which the loop goes on sleeping");

  Diary second(clock);
  VirtualTerminal other(clock, second);
  const TaskId goes_on = loop->spawn(supervise(*loop, other, second, 10ms, stubborn(*loop, second, false)));
  loop->spawn(cancel_after(*loop, second, 15ms, goes_on));
  EXPECT_TEXT(run_outcome(*loop), "nothing", "a cancelled task must not make run() throw");
  EXPECT_TEXT(second.text(), "|@15 /@25 operation@30 C@30 result5@30 returned@30",
              "an operation that catches Cancelled and returns must have its result handed back");
}

}  // namespace task_spinner_is_cancelled
}  // namespace
