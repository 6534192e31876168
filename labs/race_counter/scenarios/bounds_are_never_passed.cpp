// Goal: check-then-act is one step at both ends of the bounded counter. Method: room for one, and two threads
// that ask for it at once: in every interleaving exactly one may get it. A crowd for ThreadSanitizer.
#include <array>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

// One thread goes two steps up and back. What happens at the ends is judged elsewhere.
bool counts_alone(race_counter::BoundedCounter& counter) {
  if (!counter.try_increment() || !counter.try_increment() || counter.value() != 2) return false;
  return counter.try_decrement() && counter.try_decrement() && counter.value() == 0;
}

void mixed_use() {
  const auto counter = race_counter::make_bounded_counter(racecourse::inputs().between(3, 9));
  // That nothing races is worth a point only where something is counted.
  CHECK_MESSAGE(counts_alone(*counter), "A thread alone must be able to count up and down.");
  crowd::crowd(12, [&](int thread, crowd::Line&) {
    for (int i = 0; i < 150; ++i)
      (void)(((i / 4 + thread) % 2 == 0) ? counter->try_increment() : counter->try_decrement());
  });
}

// Two threads take the step; whether exactly one could, and the counter then stands at the end of its range.
bool one_of_two_gets_it(bool up) {
  const std::int64_t limit = racecourse::inputs().between(1, 4);
  const auto counter = race_counter::make_bounded_counter(limit);
  for (std::int64_t i = 0; i < (up ? limit - 1 : 1); ++i) (void)counter->try_increment();
  std::array<bool, 2> got{};
  crowd::at_once(
      2, [&](std::size_t thread) { got[thread] = up ? counter->try_increment() : counter->try_decrement(); });
  return got[0] != got[1] && counter->value() == (up ? limit : 0);
}

}  // namespace

RACECOURSE_SCENARIO(bounds_are_never_passed) {
  if (racecourse::under_tsan()) {
    mixed_use();
    return;
  }
  CHECK_MESSAGE(one_of_two_gets_it(true),
                "One step below the limit, two threads called try_increment() at the same time: exactly one "
                "must get true, and value() must then be the limit.");
  CHECK_MESSAGE(one_of_two_gets_it(false),
                "At 1, two threads called try_decrement() at the same time: exactly one must get true, and "
                "value() must then be 0.");
}
