// Schedule: the recorded choices of one execution, printable and replayable.
//
// Only what departs from the default stands in it. The default is: a new thread runs at once; the running
// thread goes on; when it cannot, the lowest-numbered one that can; alternative 0. Whatever else the engine
// or a strategy did (fairness, giving way, points it did not consider) is in the list, so a replay needs to
// know nothing of it. Steps count every operation that the compiler or the library shows. A value. Text:
// "12:1,15:0,20w1" (at step 12 thread 1, at step 15 thread 0, at step 20 alternative 1 of a weak
// compare-exchange); the letters are those of kAlternativeLetters, and "20n1.2" is the second such choice of
// the step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racecourse::schedules {

// In the order of AlternativeKind.
inline constexpr std::string_view kAlternativeLetters = "tswcxno";

struct Decision {
  std::uint64_t step = 0;
  char letter = ':';          // ':' of a thread, otherwise the kind of alternative.
  std::uint16_t ordinal = 0;  // Which of the alternatives of this kind at this step, from 0.
  std::uint32_t choice = 0;

  friend bool operator==(const Decision&, const Decision&) = default;
};

struct Schedule {
  std::vector<Decision> decisions;  // By rising step.

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

[[nodiscard]] std::string to_text(const Schedule& schedule);
// Empty optional: the text is no schedule.
[[nodiscard]] std::optional<Schedule> schedule_from(std::string_view text);

}  // namespace racecourse::schedules
