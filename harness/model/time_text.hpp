// Times as text: RFC 3339, to the second. Pure functions.
//
// A time without a zone is refused: a deadline must mean the same moment on every machine.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace racecourse {

// "2025-03-01T23:59:00+03:00", "2025-03-01T20:59:00Z", "2025-03-01T20:59:00.25Z" (the fraction is dropped).
// Years 1970 to 9999 in UTC; a leap second (":60") is refused, because system clocks do not have it either.
[[nodiscard]] std::optional<std::chrono::sys_seconds> time_from(std::string_view text);

// "2025-03-01T20:59:00Z". A time before or after all that time_from takes is shown as the first or last of
// those: the time of a file can be anything.
[[nodiscard]] std::string time_text(std::chrono::sys_seconds time);

}  // namespace racecourse
