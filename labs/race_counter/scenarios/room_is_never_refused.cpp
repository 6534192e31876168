// Goal: try_increment() and try_decrement() refuse only at an end. Method: two threads collide far away from
// both, in every interleaving.
#include <array>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

bool all_granted(bool up) {
  const auto counter = race_counter::make_bounded_counter(std::int64_t{1} << 40);
  for (int i = 0; i < 10; ++i) (void)counter->try_increment();
  // A counter that does not count has no reason to refuse.
  CHECK_MESSAGE(counter->value() == 10, "Ten steps that one thread takes must count.");
  std::array<bool, 2> granted{};
  crowd::at_once(2, [&](std::size_t thread) {
    granted[thread] = up ? counter->try_increment() : counter->try_decrement();
  });
  return granted[0] && granted[1];
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
