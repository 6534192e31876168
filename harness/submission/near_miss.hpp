// Near misses: files that were probably meant to be the missing one. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "submission/tree.hpp"

namespace racecourse {

// A sentence with a leading space that names the likely mistakes: a file with almost the right name, an
// archive within the submission, a folder that cannot be read, nothing handed in at all. "" when there is
// nothing to say. Files named in `claimed` are meant to be what they are called: they are no near miss of
// anything else.
[[nodiscard]] std::string explain_missing(std::span<const TreeEntry> entries, std::string_view wanted,
                                          std::span<const std::string> claimed);

// Whether somebody who wrote `name` can have meant `wanted`: case, separators, copies "(1)", added endings,
// typing slips.
[[nodiscard]] bool is_near_miss(std::string_view name, std::string_view wanted);

}  // namespace racecourse
