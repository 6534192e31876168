// spin() draws at its interval, to the millisecond, and cleans the line when it is cancelled.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> watch(EventLoop& loop, Diary& diary, TaskId spinner, Duration duration) {
  co_await loop.sleep(duration);
  (void)loop.cancel(spinner);
  const Ending ending = co_await loop.join(spinner);
  diary.note_at(name_of(ending));
}

}  // namespace

RACECOURSE_SCENARIO(spin_keeps_time) {
  for (int round = 0; round < 2; ++round) {  // Each spinner starts with |.
    VirtualClock clock;
    Diary diary(clock);
    VirtualTerminal terminal(clock);
    const auto loop = async_spinner::make_loop(clock);
    const std::int64_t interval_ms = racecourse::inputs().between(5, 120);
    const std::int64_t stop_ms = interval_ms * racecourse::inputs().between(3, 11) + interval_ms / 2;
    const TaskId spinner =
        loop->spawn(async_spinner::spin(*loop, terminal, std::chrono::milliseconds(interval_ms)));
    loop->spawn(watch(*loop, diary, spinner, std::chrono::milliseconds(stop_ms)));
    run(*loop);
    EXPECT_TEXT(terminal.text(), spinner_diary(0, interval_ms, stop_ms),
                "spin() must draw | / - \\ at once and at its interval, and clean the line (C) once when it "
                "is cancelled");
    EXPECT_TEXT(diary.text(), "cancelled@" + std::to_string(stop_ms), "Cancelled must leave spin()");
  }
}
