// grade_one: one submission through all stages, from its folder or archive to a Grade. May be called from
// many threads.
#pragma once

#include <chrono>
#include <optional>

#include "base/error.hpp"
#include "grading/examine.hpp"
#include "model/course.hpp"
#include "model/grade.hpp"
#include "score/score.hpp"
#include "submission/find_submissions.hpp"

namespace racecourse {

// An Examiner for `course` whose parts outlive it. Errors: a lab's drivers are not built.
[[nodiscard]] Result<Examiner> make_examiner(const Course& course, const Kit& kit, const Toolchain& toolchain,
                                             const Store& store, ReferenceRuns& references, Crew& crew,
                                             const std::filesystem::path& scratch);

[[nodiscard]] Result<Grade> grade_one(const SubmissionEntry& entry, const Course& course,
                                      const Examiner& examiner,
                                      std::optional<std::chrono::sys_seconds> submitted_at,
                                      Audience audience);

[[nodiscard]] Environment describe_environment(const Kit& kit, const Toolchain& toolchain);

}  // namespace racecourse
