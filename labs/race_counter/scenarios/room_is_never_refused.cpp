// Goal: try_increment() and try_decrement() refuse only at an end. Method: two threads collide far away from
// both.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

constexpr int kRounds = 3000;
constexpr int kStepsEachRound = 5;

bool all_granted(bool up) {
  const auto counter = race_counter::make_bounded_counter(std::int64_t{1} << 40);
  // Filled by this thread alone, so that there is enough to take away whatever two threads make of it.
  if (!up)
    for (int i = 0; i < 2 * kRounds * kStepsEachRound + 100; ++i) (void)counter->try_increment();
  bool granted[2] = {true, true};
  return crowd::pound(
      kRounds,
      [&](int thread) {
        for (int i = 0; i < kStepsEachRound; ++i)
          if (!(up ? counter->try_increment() : counter->try_decrement())) granted[thread] = false;
      },
      [&] { return granted[0] && granted[1]; });
}

}  // namespace

RACECOURSE_SCENARIO(room_is_never_refused) {
  CHECK_MESSAGE(all_granted(true),
                "Two threads called try_increment() at the same time, far below the limit: every call must "
                "return true.");
  CHECK_MESSAGE(
      all_granted(false),
      "Two threads called try_decrement() at the same time, far above 0: every call must return true.");
}
