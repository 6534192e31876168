// recipe: how submissions are compiled, from the lists in cmake/SubmissionFlags.cmake. The same for every
// submission of every lab; a result holds only for the recipe it was made with (build_recipe in build.hpp).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "build/build.hpp"
#include "model/lab.hpp"

namespace racecourse {

[[nodiscard]] Limits compiler_limits();
[[nodiscard]] std::vector<std::string> common_flags();
[[nodiscard]] std::vector<std::string> flags_of(Flavour flavour);

// The passes of g++ that instrument functions, by the names of their dumps.
inline constexpr std::array<std::string_view, 2> kInstrumentingPasses = {"tsan0", "tsan1"};

}  // namespace racecourse
