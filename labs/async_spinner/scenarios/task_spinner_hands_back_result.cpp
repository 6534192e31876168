// with_task_spinner: the spinner beside an operation that sleeps, and the operation's result when it has
// ended.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<Result> slow(EventLoop& loop, Duration first, Duration second, Result result) {
  co_await loop.sleep(first);
  co_await loop.yield();
  co_await loop.sleep(second);
  co_return result;
}

Task<Result> immediate(Result result) { co_return result; }

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, Duration interval, Task<Result> operation,
                     Result& result) {
  result = co_await async_spinner::with_task_spinner(loop, terminal, interval, std::move(operation));
}

}  // namespace

RACECOURSE_SCENARIO(task_spinner_hands_back_result) {
  VirtualClock clock;
  VirtualTerminal terminal(clock);
  const auto loop = async_spinner::make_loop(clock);
  const std::int64_t interval_ms = 2 * racecourse::inputs().between(3, 30);
  const std::int64_t first_ms = interval_ms * racecourse::inputs().between(1, 5) + 1;
  const std::int64_t second_ms = interval_ms * racecourse::inputs().between(0, 5) + 2;
  const auto wanted = static_cast<Result>(racecourse::inputs().bits());
  Result result = 0;
  loop->spawn(supervise(
      *loop, terminal, std::chrono::milliseconds(interval_ms),
      slow(*loop, std::chrono::milliseconds(first_ms), std::chrono::milliseconds(second_ms), wanted),
      result));
  run(*loop);
  EXPECT_TEXT(std::to_string(result), std::to_string(wanted), "the operation's result must be handed back");
  EXPECT_TEXT(terminal.text(), spinner_diary(0, interval_ms, first_ms + second_ms),
              "while the operation sleeps the spinner must draw at its interval, and clean its line (C) when "
              "it ends");

  VirtualTerminal unused(clock);
  loop->spawn(supervise(*loop, unused, 10ms, immediate(wanted / 2), result));
  run(*loop);
  EXPECT_TEXT(std::to_string(result), std::to_string(wanted / 2),
              "the result of an operation that never suspends must be handed back");
}
