// Grade ↔ JSON: grade.json, schemas/grade.schema.json.
//
// The keys stand in a fixed order and everything outside "environment" and "timings" follows from the
// submission, the course and the seed alone, so two grades can be compared as text. Always valid UTF-8,
// whatever a student wrote. May be called from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/grade.hpp"

namespace racecourse {

// Of the compiler's output and of a finding's detail, the most that goes into a grade; the middle is left
// out.
inline constexpr std::size_t kGradeTextBytesMax = 64u << 10;

[[nodiscard]] std::string grade_text(const Grade& grade);

// parse_grade(grade_text(g)) is g again, exactly, as long as g's texts are printable and within
// kGradeTextBytesMax and the items of its labs have moved into LabGrade::items. A broken file is a usage
// error: somebody named it.
[[nodiscard]] Result<Grade> parse_grade(std::string_view text, std::string_view name);
[[nodiscard]] Result<Grade> read_grade(const std::filesystem::path& path);

}  // namespace racecourse
