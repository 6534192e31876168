// Function names as a person says them. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace racecourse {

// A C++ function's demangled name without return type, parameters, template arguments, clone suffixes and
// "(anonymous namespace)::". A lambda is "lambda in " its function. What is no such name stays as it is; any
// bytes do.
[[nodiscard]] std::string readable_function(std::string_view demangled);

}  // namespace racecourse
