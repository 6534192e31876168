// Goal: check-then-act is one step at both ends of the bounded counter. Method: room for one, and two threads
// that ask for it at the same instant, thousands of times: exactly one may get it. A crowd for
// ThreadSanitizer.
#include <memory>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

using race_counter::BoundedCounter;

void mixed_use() {
  const auto counter = race_counter::make_bounded_counter(racecourse::inputs().between(3, 9));
  crowd::crowd(12, [&](int thread, crowd::Line&) {
    for (int i = 0; i < 150; ++i)
      (void)(((i / 4 + thread) % 2 == 0) ? counter->try_increment() : counter->try_decrement());
  });
}

bool crowd_fills_exactly() {
  const std::int64_t limit = racecourse::inputs().between(200, 700);
  const auto counter = race_counter::make_bounded_counter(limit);
  std::int64_t successes[12] = {};
  crowd::crowd(12, [&](int thread, crowd::Line&) {
    // Asks until it is refused for good; a refusal for another reason than the limit is another scenario's
    // matter.
    for (int asked = 0, refused = 0; asked < 2000 && refused < 50; ++asked) {
      const bool got = counter->try_increment();
      successes[thread] += got ? 1 : 0;
      refused = got ? 0 : refused + 1;
    }
  });
  std::int64_t sum = 0;
  for (const std::int64_t mine : successes) sum += mine;
  return sum == limit && counter->value() == limit;
}

// Every round: a counter with room for one step up (or down), and two threads that want to take it.
bool one_of_two_gets_it(bool up) {
  const std::int64_t limit = racecourse::inputs().between(1, 4);
  std::unique_ptr<BoundedCounter> counter;
  const auto prepare = [&] {
    counter = race_counter::make_bounded_counter(limit);
    for (std::int64_t i = 0; i < (up ? limit - 1 : 1); ++i) (void)counter->try_increment();
  };
  prepare();
  bool got[2] = {};
  return crowd::pound(
      8000, [&](int thread) { got[thread] = up ? counter->try_increment() : counter->try_decrement(); },
      [&] {
        const bool right = got[0] != got[1] && counter->value() == (up ? limit : 0);
        prepare();
        return right;
      });
}

}  // namespace

RACECOURSE_SCENARIO(bounds_are_never_passed) {
  if (racecourse::under_tsan()) {
    mixed_use();
    return;
  }
  CHECK_MESSAGE(
      crowd_fills_exactly(),
      "Many threads called try_increment() more often than there was room: as many calls as the limit must "
      "return true, and value() must then be the limit.");
  CHECK_MESSAGE(one_of_two_gets_it(true),
                "One step below the limit, two threads called try_increment() at the same time: exactly one "
                "must get true, "
                "and value() must then be the limit.");
  CHECK_MESSAGE(one_of_two_gets_it(false),
                "At 1, two threads called try_decrement() at the same time: exactly one must get true, and "
                "value() must "
                "then be 0.");
}
