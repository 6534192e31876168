// Goal: an increment counts as soon as increment() has returned. Method: the threads stay alive, so that
// nothing can be counted late, when they end.
#include <vector>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(value_is_up_to_date) {
  constexpr int kThreads = 4;  // The last one reads.
  const auto counter = race_counter::make_counter();
  CHECK_MESSAGE(counter->value() == 0, "A new counter must be at 0.");
  std::vector<std::int64_t> shares;
  std::int64_t expected = 0;
  for (int i = 0; i + 1 < kThreads; ++i) {
    shares.push_back(racecourse::inputs().between(1, 40));
    expected += shares.back();
  }
  std::int64_t seen = 0;
  crowd::crowd(kThreads, [&](int thread, crowd::Line& line) {
    const bool reader = thread == kThreads - 1;
    if (!reader)
      for (std::int64_t i = 0; i < shares[static_cast<std::size_t>(thread)]; ++i) counter->increment();
    line.arrive();
    if (reader) seen = counter->value();
    line.arrive();
  });
  CHECK_MESSAGE(seen == expected,
                "All increment() calls had returned, their threads were still running, and value() must "
                "count every one.");
  racecourse::observe("value", counter->value());
}
