// score_submission: findings and policy in, points with a reason for each out. Pure; thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "model/course.hpp"
#include "model/grade.hpp"

namespace racecourse {

// Which scenarios count: all of them for a grade, the public ones for a student's own check.
enum class Audience { instructor, student };

// `results` are in the order of course.labs. A deduction for lateness applies when `submitted_at` is given
// and the course has a deadline. The environment and the submission's identity are left to the caller.
[[nodiscard]] Grade score_submission(const Course& course, std::vector<LabResult> results,
                                     std::optional<std::chrono::sys_seconds> submitted_at, Audience audience);

// What lateness costs, in basis points of the points earned, and the begun days it counts.
struct LateDeduction {
  std::int64_t days = 0;
  std::int64_t basis_points = 0;
};
[[nodiscard]] LateDeduction late_deduction(const LatePolicy& policy, std::chrono::sys_seconds submitted_at);

}  // namespace racecourse
