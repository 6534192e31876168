// Goal: a frame whenever the interval has passed since the one before, no sooner and no later, also when a
// wake-up is spurious. Method: intervals of several sizes, in virtual time, where the moments are exact.
#include "thread_terminal.hpp"

using namespace scenarios;

RACECOURSE_SCENARIO(thread_interval_kept) {
  const std::int64_t some = racecourse::inputs().between(3, 90);
  for (const std::chrono::milliseconds interval : {std::chrono::milliseconds(some), 3000ms}) {
    ThreadTerminal& terminal = make_terminal();
    const Duration operation = 4 * interval + interval / 2;
    (void)async_spinner::with_thread_spinner(terminal, interval, sleeping(operation));
    const std::vector<Duration> times = terminal.frame_times();
    REQUIRE_MESSAGE(!times.empty(), "the spinner must draw while the operation runs");
    bool kept = times.back() + interval > operation;
    for (std::size_t i = 1; i < times.size(); ++i) kept = kept && times[i] - times[i - 1] == interval;
    CHECK_MESSAGE(kept,
                  "each further frame must come when the interval has passed since the one before; the ",
                  "interval was ", interval.count(), " ms");
  }
}
