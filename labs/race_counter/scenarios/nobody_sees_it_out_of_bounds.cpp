// Goal: value() of a bounded counter may be read at any time and is never outside [0, limit]. Method: one
// thread asks in vain at an end, or takes the one step that is left, while the other reads, in every
// interleaving.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

// One thread wants to go up (or down) from there, the other reads.
bool stays_inside(bool up, std::int64_t from) {
  constexpr std::int64_t limit = 2;
  const auto counter = race_counter::make_bounded_counter(limit);
  for (std::int64_t i = 0; i < from; ++i) (void)counter->try_increment();
  // A counter that does not count is never outside either.
  CHECK_MESSAGE(counter->value() == from, "Steps that one thread takes must count.");
  std::int64_t seen = 0;
  crowd::at_once(2, [&](std::size_t thread) {
    if (thread == 0)
      (void)(up ? counter->try_increment() : counter->try_decrement());
    else
      seen = counter->value();
  });
  return seen >= 0 && seen <= limit;
}

}  // namespace

RACECOURSE_SCENARIO(nobody_sees_it_out_of_bounds) {
  CHECK_MESSAGE(
      stays_inside(true, 2),
      "At the limit, a thread called try_increment() in vain: another thread must not see a value() "
      "above the limit meanwhile.");
  CHECK_MESSAGE(
      stays_inside(false, 0),
      "At 0, a thread called try_decrement() in vain: another thread must not see a value() below 0 "
      "meanwhile.");
  CHECK_MESSAGE(
      (stays_inside(true, 1) && stays_inside(false, 1)),
      "A thread took the one step that was left: another thread must not see a value() outside the range "
      "meanwhile.");
}
