// Goal: check-then-act is one step at both ends of the bounded counter. Method: room for one, and two threads
// that ask for it at the same instant, thousands of times: exactly one may get it. A crowd for
// ThreadSanitizer.
#include <array>
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

// Every round: some counters with room for one step up (or down) each, and two threads that go through them
// and want it.
bool one_of_two_gets_it(bool up) {
  constexpr std::size_t kCounters = 6;
  const std::int64_t limit = racecourse::inputs().between(1, 4);
  std::array<std::unique_ptr<BoundedCounter>, kCounters> counters;
  const auto prepare = [&] {
    for (auto& counter : counters) {
      counter = race_counter::make_bounded_counter(limit);
      for (std::int64_t i = 0; i < (up ? limit - 1 : 1); ++i) (void)counter->try_increment();
    }
  };
  prepare();
  bool got[2][kCounters] = {};
  return crowd::pound(
      3000,
      [&](int thread) {
        for (std::size_t i = 0; i < kCounters; ++i)
          got[thread][i] = up ? counters[i]->try_increment() : counters[i]->try_decrement();
      },
      [&] {
        bool right = true;
        for (std::size_t i = 0; i < kCounters; ++i)
          right = right && got[0][i] != got[1][i] && counters[i]->value() == (up ? limit : 0);
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
