// Goal: no increment is lost, however many threads increment at once. Method: a crowd of threads for
// ThreadSanitizer and for the sum; then two threads that increment at the same instant, thousands of times.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(increments_add_up) {
  constexpr int kThreads = 12;  // More than a sharded counter is likely to have shards.
  const auto counter = race_counter::make_counter();
  for (int i = 0; i < 3; ++i) counter->increment();
  const std::int64_t counted_alone = counter->value();
  CHECK_MESSAGE(counted_alone == 3, "Three increments in one thread, and value() must be 3.");
  if (counted_alone != 3) return;

  const std::int64_t each = racecourse::inputs().between(300, 400);
  crowd::crowd(kThreads, [&](int, crowd::Line&) {
    for (std::int64_t i = 0; i < each; ++i) counter->increment();
  });
  // Under ThreadSanitizer the race is the finding; whether it also lost an increment this time would be luck.
  if (racecourse::under_tsan()) return;

  constexpr int kEachRound = 5;
  std::int64_t rounds = 0;
  (void)crowd::pound(
      5000,
      [&](int) {
        for (int i = 0; i < kEachRound; ++i) counter->increment();
      },
      [&] { return ++rounds > 0; });
  // Judged after the threads have ended: whether an increment counts at once is another scenario's matter.
  const std::int64_t expected = counted_alone + kThreads * each + 2 * kEachRound * rounds;
  const std::int64_t value = counter->value();
  racecourse::expect(
      value >= expected, racecourse::Fault::lost_update,
      "Threads incremented the counter at the same time, all were joined, and value() is smaller than "
      "the number of increments: some were lost.");
  racecourse::expect(
      value <= expected, racecourse::Fault::wrong_outcome,
      "Threads incremented the counter at the same time, all were joined, and value() is larger than "
      "the number of increments.");
}
