// Several spinners on one loop, each with its own line, operation and order of frames.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<Result> slow(EventLoop& loop, Duration duration, Result result) {
  co_await loop.sleep(duration);
  co_return result;
}

Task<void> supervise(EventLoop& loop, VirtualTerminal& terminal, Duration start, Duration interval,
                     Duration duration, Result number, Result& result) {
  co_await loop.sleep(start);
  result = co_await async_spinner::with_task_spinner(loop, terminal, interval, slow(loop, duration, number));
}

}  // namespace

RACECOURSE_SCENARIO(task_spinners_side_by_side) {
  constexpr std::size_t kSpinners = 4;
  VirtualClock clock;
  const auto loop = async_spinner::make_loop(clock);
  std::vector<VirtualTerminal> terminals;
  std::vector<std::string> expected;
  std::vector<Result> results(kSpinners, 0);
  terminals.reserve(kSpinners);
  for (std::size_t i = 0; i < kSpinners; ++i) {
    const std::int64_t start_ms = racecourse::inputs().between(0, 50);
    const std::int64_t interval_ms = 2 * racecourse::inputs().between(4, 40);
    const std::int64_t duration_ms = interval_ms * racecourse::inputs().between(1, 9) + 3;
    loop->spawn(supervise(*loop, terminals.emplace_back(clock), std::chrono::milliseconds(start_ms),
                          std::chrono::milliseconds(interval_ms), std::chrono::milliseconds(duration_ms),
                          static_cast<Result>(i + 1), results[i]));
    expected.push_back(spinner_diary(start_ms, interval_ms, start_ms + duration_ms));
  }
  run(*loop);
  for (std::size_t i = 0; i < kSpinners; ++i) {
    EXPECT_TEXT(terminals[i].text(), expected[i], "each spinner must keep its own order, interval and end");
    EXPECT_TEXT(std::to_string(results[i]), std::to_string(i + 1),
                "each operation must have its own result back");
  }
}
