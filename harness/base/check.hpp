// RC_CHECK: an assertion about Racecourse itself, on in every build type.
//
// A failed check is our own bug: it prints the expression and the place, then aborts, so that a bug of the
// grader can never be mistaken for a grade. What a student, a configuration or a machine can cause is never
// checked here: that is an Error (base/error.hpp) or a Finding (model/finding.hpp).
#pragma once

#include <source_location>
#include <string_view>

namespace racecourse {

[[noreturn]] void check_failed(std::string_view expression, std::string_view why,
                               std::source_location where = std::source_location::current());

}  // namespace racecourse

#define RC_CHECK(condition, why) \
  (static_cast<bool>(condition) ? void(0) : ::racecourse::check_failed(#condition, why))
