// gradescope_results: a Grade as Gradescope's results.json, schemas/gradescope.schema.json.
//
// One test for each scored item, with its visibility; the score at the top is the grade's, after weights and
// lateness. All text is plain: Gradescope shows neither markup nor terminal colours that stand in a student's
// output. Nothing in it depends on time, so exporting the same grade again gives the same bytes. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "model/grade.hpp"

namespace racecourse {

// What one text may have, and the whole file. Gradescope names no limit of its own; PrairieLearn's is 1 MiB,
// and a page with more than that is of no use to a student.
inline constexpr std::size_t kGradescopeTextBytesMax = 64u << 10;
inline constexpr std::size_t kGradescopeFileBytesMax = 1u << 20;

[[nodiscard]] std::string gradescope_results(const Grade& grade);

}  // namespace racecourse
