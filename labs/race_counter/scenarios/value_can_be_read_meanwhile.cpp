// Goal: value() may be called while other threads increment. Method: one thread increments and another reads,
// in every interleaving.
#include <thread>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(value_can_be_read_meanwhile) {
  const auto counter = race_counter::make_counter();
  CHECK_MESSAGE(counter->value() == 0, "A new counter must be at 0.");
  std::int64_t first = 0;
  std::int64_t second = 0;
  crowd::at_once(2, [&](std::size_t thread) {
    if (thread == 0) {
      counter->increment();
      counter->increment();
    } else {
      first = counter->value();
      second = counter->value();
    }
  });
  CHECK_MESSAGE((first >= 0 && second <= 2),
                "While a thread increments, value() must lie between 0 and the number of its increments.");
  CHECK_MESSAGE(first <= second, "While a thread increments, value() must never go back.");
  // A counter that does not count can always be read.
  std::thread([&] { counter->increment(); }).join();
  CHECK_MESSAGE(counter->value() > 0, "When a thread that incremented has ended, value() must not be 0.");
}
