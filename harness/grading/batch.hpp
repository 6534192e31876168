// grade_batch: a class of submissions, in parallel, resumable.
//
// Every grade is written as soon as it is known, and every lab's result goes to the store before that, so a
// batch killed at any moment continues where it stopped when it is run again. One batch at a time holds an
// output folder.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "build/toolchain.hpp"
#include "grading/kit.hpp"
#include "model/course.hpp"
#include "report/class_report.hpp"
#include "submission/find_submissions.hpp"

namespace racecourse {

struct BatchOptions {
  std::filesystem::path out;
  unsigned jobs = 1;
  // By submission id; submissions without a time are not late.
  std::map<std::string, std::chrono::sys_seconds> submitted_at;
  // Called after each submission, from one thread at a time.
  std::function<void(std::size_t done, std::size_t total, const ClassRow& row)> on_graded;
};

// Writes <out>/<id>/{grade.json,feedback.txt}, then <out>/summary.json and grades.csv. A submission that the
// machine failed on is tried once more, then reported in its row; the others go on. Errors: usage (another
// batch holds the folder, a lab's reference fails), environment (the folder cannot be written).
[[nodiscard]] Result<ClassSummary> grade_batch(const std::vector<SubmissionEntry>& entries,
                                               const Course& course, const Kit& kit,
                                               const Toolchain& toolchain, const BatchOptions& options);

// Holds <out> for one batch until it dies; the kernel lets go when the process does, however it ends.
class OutputLock {
 public:
  // Errors: usage, if somebody else holds it; environment, if it cannot be made.
  [[nodiscard]] static Result<OutputLock> take(const std::filesystem::path& out);

 private:
  explicit OutputLock(UniqueFd file) : file_(std::move(file)) {}
  UniqueFd file_;
};

}  // namespace racecourse
