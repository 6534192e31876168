// The class as its instructor reads it: one row a submission, as a table, as CSV and as JSON. Pure;
// thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/grade.hpp"

namespace racecourse {

struct ClassRow {
  struct LabCell {
    Verdict verdict = Verdict::not_run;
    Points points;
    Points max_points;
  };
  std::string id;
  std::string sha256;
  Verdict verdict = Verdict::not_run;
  Points points;
  Points max_points;
  std::int64_t days_late = 0;
  SandboxLevel sandbox_level = SandboxLevel::s0;
  bool weak_accepted = false;      // Whoever graded accepted less than a lab asks for.
  std::vector<LabCell> labs;       // In the course's order; empty for an ungraded submission.
  std::vector<FindingKind> kinds;  // Every kind of finding in the grade, sorted, once.
  std::string worst;               // The headline of the most important finding, or empty.
  std::string error;               // Not empty: ungraded, and this is why.
};

struct ClassSummary {
  std::string course;
  std::uint64_t seed = 1;
  std::vector<std::string> labs;
  std::vector<ClassRow> rows;  // Sorted by id.
};

[[nodiscard]] ClassRow row_of(const Grade& grade);

// For a terminal `columns` wide; colours as asked.
[[nodiscard]] std::string class_table(const ClassSummary& summary, std::size_t columns, bool colours);
// RFC 4180 with a header row. A cell that a spreadsheet would take for a formula gets a leading apostrophe.
[[nodiscard]] std::string class_csv(const ClassSummary& summary);
[[nodiscard]] std::string class_json(const ClassSummary& summary);

}  // namespace racecourse
