// Goal: try_increment() and try_decrement() refuse only at an end. Method: two threads collide far away from
// both ends, and where there is one step between them, in every interleaving.
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

// One thread takes the only step of the range. The other asks for the same step and then for the way back:
// where it is refused the one, it is at the other end, so it must be given the other.
bool refused_at_both_ends(bool up) {
  const auto counter = race_counter::make_bounded_counter(1);
  if (!up) (void)counter->try_increment();
  bool step = false;
  bool back = false;
  crowd::at_once(2, [&](std::size_t thread) {
    const bool taken = up ? counter->try_increment() : counter->try_decrement();
    if (thread == 0) return;
    step = taken;
    back = up ? counter->try_decrement() : counter->try_increment();
  });
  return !step && !back;
}

}  // namespace

RACECOURSE_SCENARIO(room_is_never_refused) {
  CHECK_MESSAGE(all_granted(true),
                "Two threads called try_increment() at the same time, far below the limit: every call must "
                "return true.");
  CHECK_MESSAGE(
      all_granted(false),
      "Two threads called try_decrement() at the same time, far above 0: every call must return true.");
  const bool refused_twice = refused_at_both_ends(true) || refused_at_both_ends(false);
  CHECK_MESSAGE(!refused_twice,
                "With a limit of 1, a thread was refused one step because the counter stood at that end, and "
                "right afterwards the step back as well: it cannot have stood at both ends.");
}
