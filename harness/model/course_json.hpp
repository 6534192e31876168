// read_course: grading.json → Course, joined with the labs it names.
//
// What grading.json says of a lab outranks the lab's own lab.json; within each file, what is said of a
// scenario outranks what is said of the whole lab. All errors are usage errors with file and JSON pointer, or
// those of the labs. May be called from any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "model/course.hpp"

namespace racecourse {

// The labs a course can name, and how to read one of them. Only labs that the course names are read.
struct AvailableLabs {
  std::vector<std::string> names;  // Sorted. A grading.json without "labs" means all of them.
  std::function<Result<Lab>(const std::string& name)> read;
};

// Each folder of `root`/labs that holds a lab.json, with `root`/reference/<lab> and
// `root`/student_template/<lab>.
[[nodiscard]] Result<AvailableLabs> labs_below(const std::filesystem::path& root);

[[nodiscard]] Result<Course> read_course(const std::filesystem::path& path, const AvailableLabs& labs);
// The same of text in memory; `name` is what messages call it.
[[nodiscard]] Result<Course> parse_course(std::string_view text, std::string_view name,
                                          const AvailableLabs& labs);

}  // namespace racecourse
