// Accesses to memory that no race detector sees although their function is instrumented: the compiler's pass
// looks at plain loads and stores and passes over intrinsics that access memory by an instruction of their
// own, as non-temporal stores and masked moves do. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"

namespace racecourse {

// `dump` is what a pass of g++ printed of its functions (-fdump-tree-tsan0, -fdump-tree-tsan1), `source` the
// file they are from. One finding for each such intrinsic in each function.
[[nodiscard]] std::vector<Finding> judge_unseen_accesses(std::string_view dump, const std::string& source);

}  // namespace racecourse
