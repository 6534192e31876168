// Hundreds of thousands of turns: the loop must not recurse from turn to turn, nor keep what it no longer
// needs.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

Task<void> count_turns(EventLoop& loop, std::int64_t turns, std::int64_t& counted) {
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    ++counted;
    if (turn % 50'000 == 0)
      co_await loop.sleep(1ms);
    else
      co_await loop.yield();
  }
}

}  // namespace

RACECOURSE_SCENARIO(loop_many_turns) {
  constexpr std::int64_t kTurns = 200'000;
  VirtualClock clock(20 * kTurns);  // A loop may look at the clock before each turn.
  const auto loop = async_spinner::make_loop(clock);
  std::int64_t counted = 0;
  loop->spawn(count_turns(*loop, kTurns, counted));
  loop->spawn(count_turns(*loop, kTurns, counted));
  run(*loop);
  EXPECT_TEXT(std::to_string(counted), std::to_string(2 * kTurns), "every task must get all its turns");
}
