// Tasks that are always ready do not keep a sleeper from its turn once its deadline has passed.
#include "virtual_clock.hpp"

using namespace scenarios;

namespace {

// Computes for 1 ms in each turn and is ready again.
Task<void> always_ready(EventLoop& loop, VirtualClock& clock, int turns) {
  for (int turn = 0; turn < turns; ++turn) {
    clock.compute(1ms);
    co_await loop.yield();
  }
}

Task<void> sleeper(EventLoop& loop, VirtualClock& clock, Duration duration, std::int64_t& woken_ms) {
  co_await loop.sleep(duration);
  woken_ms = clock.elapsed_ms();
}

}  // namespace

RACECOURSE_SCENARIO(loop_starves_nobody) {
  VirtualClock clock;
  const auto loop = async_spinner::make_loop(clock);
  const std::int64_t duration_ms = racecourse::inputs().between(10, 40);
  std::int64_t woken_ms = -1;
  loop->spawn(sleeper(*loop, clock, std::chrono::milliseconds(duration_ms), woken_ms));
  loop->spawn(always_ready(*loop, clock, 100));
  loop->spawn(always_ready(*loop, clock, 100));
  run(*loop);
  // Two tasks with at most two turns of 1 ms each after the deadline.
  const bool soon = woken_ms >= duration_ms && woken_ms <= duration_ms + 4;
  CHECK_MESSAGE(
      soon,
      "from a sleeper's deadline to its turn no other task may get more than two turns, however many "
      "tasks are always ready");
}
