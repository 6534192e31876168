// Grade: the result of one submission in one course, ready to be written. A value.
//
// Its JSON form is schemas/grade.schema.json, written by model/grade_json.hpp. Two grades of one submission
// under one course and seed are identical outside `environment` and `timings`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/lab_result.hpp"
#include "model/points.hpp"
#include "model/sandbox.hpp"

namespace racecourse {

struct ScoredItem {
  ItemResult result;
  std::string title;
  std::string hint;
  Visibility visibility = Visibility::public_;
  Points points;
  Points max_points;
  std::string reason;  // Why these points, one sentence.
  std::string replay;  // The command that shows it again; empty where there is nothing to show.

  friend bool operator==(const ScoredItem&, const ScoredItem&) = default;
};

struct LabGrade {
  LabResult result;  // Its items have moved into `items`.
  std::string title;
  Verdict verdict = Verdict::not_run;
  Points points;
  Points max_points;
  std::vector<ScoredItem> items;

  friend bool operator==(const LabGrade&, const LabGrade&) = default;
};

struct Lateness {
  std::chrono::sys_seconds submitted_at;
  std::int64_t days = 0;  // Begun days after the deadline; 0 within the grace period.
  std::int64_t deduction_bp = 0;
  Points deducted;

  friend bool operator==(const Lateness&, const Lateness&) = default;
};

struct Environment {
  std::string racecourse;  // Version.
  std::string compiler;
  std::string kernel;
  int cores = 0;
  Sandbox sandbox;

  friend bool operator==(const Environment&, const Environment&) = default;
};

struct Grade {
  std::string submission_id;
  std::string submission_sha256;
  std::string course;
  std::uint64_t seed = 1;
  Verdict verdict = Verdict::not_run;
  Points points;  // After lateness.
  Points max_points;
  std::optional<Lateness> late;
  std::vector<LabGrade> labs;
  Environment environment;

  friend bool operator==(const Grade&, const Grade&) = default;
};

}  // namespace racecourse
