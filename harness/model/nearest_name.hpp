// nearest_name: the "did you mean …?" of our messages. Pure functions.
//
// A word counts as meant when few slips of the keyboard (a letter too many, too few, wrong, or two swapped)
// lead from what was written to it; how few depends on its length, so that short words are not guessed
// wildly.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace racecourse {

// The nearest of `names`, the first one among equals; nothing when all are too far from `word`.
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view word,
                                                           std::span<const std::string_view> names);

// "a", "a or b", "a, b or c".
[[nodiscard]] std::string either_of(std::span<const std::string_view> names);

}  // namespace racecourse
