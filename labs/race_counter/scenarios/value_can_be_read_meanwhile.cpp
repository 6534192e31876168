// Goal: value() may be called while other threads increment. Method: one thread increments and others read,
// with no synchronisation but the student's; ThreadSanitizer judges.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(value_can_be_read_meanwhile) {
  constexpr int kReaders = 3;
  const std::int64_t increments = racecourse::inputs().between(300, 400);
  const auto counter = race_counter::make_counter();
  CHECK_MESSAGE(counter->value() == 0, "A new counter must be at 0.");
  bool possible[kReaders] = {true, true, true};
  crowd::crowd(1 + kReaders, [&](int thread, crowd::Line&) {
    if (thread == kReaders) {
      for (std::int64_t i = 0; i < increments; ++i) counter->increment();
      return;
    }
    for (int i = 0; i < 300; ++i) {
      const std::int64_t seen = counter->value();
      if (seen < 0 || seen > increments) possible[thread] = false;
    }
  });
  CHECK_MESSAGE((possible[0] && possible[1] && possible[2]),
                "While a thread increments, value() must lie between 0 and the number of its increments.");
}
