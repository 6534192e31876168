// Goal: value() of a bounded counter may be read at any time and is never outside [0, limit]. Method: one
// thread asks in vain at an end, the other reads at the same instant.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

constexpr int kStepsEachRound = 5;

bool stays_inside(bool at_limit) {
  const std::int64_t limit = racecourse::inputs().between(1, 5);
  const auto counter = race_counter::make_bounded_counter(limit);
  if (at_limit)
    for (std::int64_t i = 0; i < limit; ++i) (void)counter->try_increment();
  bool inside = true;
  return crowd::pound(
      4000,
      [&](int thread) {
        for (int i = 0; i < kStepsEachRound; ++i) {
          if (thread == 0) {
            (void)(at_limit ? counter->try_increment() : counter->try_decrement());
          } else {
            const std::int64_t seen = counter->value();
            inside = inside && seen >= 0 && seen <= limit;
          }
        }
      },
      [&] { return inside; });
}

void read_meanwhile() {
  const auto counter = race_counter::make_bounded_counter(racecourse::inputs().between(3, 9));
  crowd::crowd(4, [&](int thread, crowd::Line&) {
    for (int i = 0; i < 300; ++i) {
      if (thread > 0)
        (void)counter->value();
      else
        (void)(i / 20 % 2 == 0 ? counter->try_increment() : counter->try_decrement());
    }
  });
}

}  // namespace

RACECOURSE_SCENARIO(nobody_sees_it_out_of_bounds) {
  if (racecourse::under_tsan()) {
    read_meanwhile();
    return;
  }
  CHECK_MESSAGE(stays_inside(true),
                "At the limit, a thread called try_increment() in vain: another thread must not see a "
                "value() above the "
                "limit meanwhile.");
  CHECK_MESSAGE(stays_inside(false),
                "At 0, a thread called try_decrement() in vain: another thread must not see a value() below "
                "0 meanwhile.");
}
