// When the operation has ended the spinner is stopped in its sleep, its line clean, without any time passing.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {
namespace task_spinner_stops_promptly {

Task<Result> slow(EventLoop& loop, Diary& diary, Duration duration) {
  co_await loop.sleep(duration);
  diary.note_at("operation");
  co_return 1;
}

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, Diary& diary, Duration interval,
                     Task<Result> operation) {
  (void)co_await async_spinner::with_task_spinner(loop, terminal, interval, std::move(operation));
  diary.note_at("handed_back");
}

RACECOURSE_SCENARIO(task_spinner_stops_promptly) {
  VirtualClock clock;
  Diary diary(clock);
  VirtualTerminal terminal(clock, diary);
  const auto loop = async_spinner::make_loop(clock);
  const std::int64_t duration_ms = racecourse::inputs().between(20, 900);
  loop->spawn(
      supervise(*loop, terminal, diary, 1h, slow(*loop, diary, std::chrono::milliseconds(duration_ms))));
  run(*loop);
  const std::string at = "@" + std::to_string(duration_ms);
  EXPECT_TEXT(
      diary.text(), "|@0 operation" + at + " C" + at + " handed_back" + at,
      "when the operation has ended, the line must be cleaned (C) and then the result handed back, at once");
  const bool loop_ended = clock.elapsed_ms() == duration_ms;
  CHECK_MESSAGE(loop_ended,
                "after that nothing of the spinner may be left for which the loop goes on sleeping");
}

}  // namespace task_spinner_stops_promptly
}  // namespace
