// with_task_spinner throws the exception of the operation, unchanged and after the line was cleaned.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace task_spinner_hands_back_exception {

Task<Result> fail_after(EventLoop& loop, Duration duration, int code) {
  co_await loop.sleep(duration);
  throw Boom(code);
}

Task<Result> fail_at_once(int code) {
  throw code;
  co_return 0;
}

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, Diary& diary, Duration interval,
                     Task<Result> operation) {
  try {
    (void)co_await async_spinner::with_task_spinner(loop, terminal, interval, std::move(operation));
    diary.note_at("no_exception");
  } catch (const Boom& boom) {
    diary.note_at("Boom" + std::to_string(boom.code));
  } catch (int code) {
    diary.note_at("int" + std::to_string(code));
  } catch (const std::exception&) {
    diary.note_at("another_exception");
  }
}

RACECOURSE_SCENARIO(task_spinner_hands_back_exception) {
  VirtualClock clock;
  Diary diary(clock);
  VirtualTerminal terminal(clock, diary);
  const auto loop = async_spinner::make_loop(clock);
  const int code = static_cast<int>(racecourse::inputs().between(1, 1'000'000));
  loop->spawn(supervise(*loop, terminal, diary, 10ms, fail_after(*loop, 25ms, code)));
  EXPECT_TEXT(run_outcome(*loop), "nothing",
              "an exception that was handed back must not come out of run() as well");
  EXPECT_TEXT(
      diary.text(), "|@0 /@10 -@20 C@25 Boom" + std::to_string(code) + "@25",
      "the operation's exception must come out with its type and content, after the line was cleaned (C)");

  Diary second(clock);
  VirtualTerminal unused(clock);
  loop->spawn(supervise(*loop, unused, second, 10ms, fail_at_once(code)));
  EXPECT_TEXT(run_outcome(*loop), "nothing",
              "an exception that was handed back must not come out of run() as well");
  EXPECT_TEXT(second.text(), "int" + std::to_string(code) + "@25",
              "the exception of an operation that fails before it suspends must come out");
}

}  // namespace task_spinner_hands_back_exception
}  // namespace
