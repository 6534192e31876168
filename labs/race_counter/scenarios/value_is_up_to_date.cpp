// Goal: an increment counts as soon as increment() has returned. Method: threads increment in turns, and all
// stay alive, so that nothing can be counted late, when they end.
#include <vector>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(value_is_up_to_date) {
  constexpr std::size_t kWriters = 3;
  const auto counter = race_counter::make_counter();
  CHECK_MESSAGE(counter->value() == 0, "A new counter must be at 0.");
  std::vector<std::int64_t> shares;
  std::int64_t expected = 0;
  for (std::size_t i = 0; i < kWriters; ++i) {
    shares.push_back(racecourse::inputs().between(1, 40));
    expected += shares.back();
  }
  std::int64_t seen = 0;
  crowd::Gate turns;
  crowd::at_once(kWriters + 1, [&](std::size_t thread) {
    turns.await(thread);
    if (thread == kWriters) seen = counter->value();
    for (std::int64_t i = 0; thread < kWriters && i < shares[thread]; ++i) counter->increment();
    turns.pass_and_await(kWriters + 1);
  });
  CHECK_MESSAGE(seen == expected,
                "All increment() calls had returned, their threads were still running, and value() must "
                "count every one.");
  racecourse::observe("value", counter->value());
}
