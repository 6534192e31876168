// Course: what a grading.json says, joined with the labs it names. A value, read once, shared between
// threads.
//
// Read by read_course (model/course_json.hpp); the JSON form is schemas/grading.schema.json. Points,
// visibility and limits that grading.json overrides are already applied to `labs`.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "model/lab.hpp"

namespace racecourse {

// How much of a scenario's or lab's points must be earned together.
enum class PartialCredit {
  item,      // Each scenario and instrument counts for itself.
  scenario,  // A scenario's points only if all its instruments pass.
  lab,       // A lab's points only if everything in it passes.
};

struct LatePolicy {
  std::chrono::sys_seconds deadline;
  std::chrono::minutes grace{0};
  // Of the points earned, for each day begun after the deadline (the grace period forgives the whole
  // lateness, it does not move the deadline). In hundredths of a percent, so that 12.5 % is exact.
  std::int64_t deduction_per_day_bp = 0;
  std::int64_t deduction_max_bp = 10'000;
};

struct CourseLab {
  Lab lab;
  // Points in the lab are multiplied by weight_numerator / weight_denominator.
  std::int64_t weight_numerator = 1;
  std::int64_t weight_denominator = 1;
};

struct Course {
  std::string name;
  std::uint64_t seed = 1;
  PartialCredit partial_credit = PartialCredit::item;
  std::optional<LatePolicy> late;
  std::vector<CourseLab> labs;
  std::vector<CourseLab> left_out;  // Not wanted this time; still, their files are no other lab's.
};

template <class Unwanted>
void leave_out(Course& course, Unwanted unwanted) {
  const auto others =
      std::ranges::stable_partition(course.labs, [&](const CourseLab& each) { return !unwanted(each); });
  std::ranges::move(others, std::back_inserter(course.left_out));
  course.labs.erase(others.begin(), others.end());
}

// The labs that are wanted, in their order, then those that are left out.
[[nodiscard]] inline std::vector<const Lab*> all_labs(const Course& course) {
  std::vector<const Lab*> labs;
  for (const std::vector<CourseLab>* some : {&course.labs, &course.left_out})
    for (const CourseLab& each : *some) labs.push_back(&each.lab);
  return labs;
}

}  // namespace racecourse
