// The lines of the dumps of g++'s passes. Pure; total on all texts.
#pragma once

#include <string_view>

namespace racecourse {

// The symbol of the function that a line begins, ";; Function name (symbol, funcdef_no=12, ..."; empty for
// any other line. A name may hold parentheses; the symbol does not.
[[nodiscard]] inline std::string_view function_in(std::string_view line) {
  const std::size_t behind = line.rfind(", funcdef_no=");
  if (!line.starts_with(";; Function ") || behind == std::string_view::npos) return {};
  const std::size_t open = line.rfind('(', behind);
  return open == std::string_view::npos ? std::string_view() : line.substr(open + 1, behind - open - 1);
}

}  // namespace racecourse
