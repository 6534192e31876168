// Goal: no increment is lost, however many threads increment at once. Method: three threads with an increment
// each and two with two, in every interleaving; a crowd for ThreadSanitizer.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

void count(std::size_t threads, std::int64_t each) {
  const auto counter = race_counter::make_counter();
  const std::int64_t before = counter->value();
  crowd::at_once(threads, [&](std::size_t) {
    for (std::int64_t i = 0; i < each; ++i) counter->increment();
  });
  const std::int64_t expected = before + static_cast<std::int64_t>(threads) * each;
  const std::int64_t value = counter->value();
  racecourse::expect(
      value >= expected, racecourse::Fault::lost_update,
      "Threads incremented the counter at the same time, all were joined, and value() is smaller "
      "than the number of increments: some were lost.");
  racecourse::expect(
      value <= expected, racecourse::Fault::wrong_outcome,
      "Threads incremented the counter at the same time, all were joined, and value() is larger "
      "than the number of increments.");
}

}  // namespace

RACECOURSE_SCENARIO(increments_add_up) {
  if (racecourse::under_tsan()) {
    const std::int64_t each = racecourse::inputs().between(300, 400);
    const auto counter = race_counter::make_counter();
    CHECK_MESSAGE(counter->value() == 0, "A new counter must be at 0.");
    // More threads than a sharded counter is likely to have shards.
    crowd::crowd(12, [&](int, crowd::Line&) {
      for (std::int64_t i = 0; i < each; ++i) counter->increment();
    });
    // That nothing races is worth a point only where something is counted; how much, the schedules judge.
    CHECK_MESSAGE(counter->value() > 0,
                  "Threads incremented the counter, all were joined, and nothing was counted.");
    return;
  }
  count(3, 1);
  count(2, 2);
}
