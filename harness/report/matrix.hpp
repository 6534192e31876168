// The matrix of a lab's exam: specimen × instrument, as text for a terminal and as Markdown for the docs.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "model/lab_result.hpp"

namespace racecourse {

struct MatrixRow {
  std::string name;
  std::string role;
  std::string about;
  const LabResult* result = nullptr;  // Outlives the call.
  bool as_labelled = true;
};

[[nodiscard]] std::string matrix_text(const std::string& lab, const std::vector<MatrixRow>& rows,
                                      bool colours);
[[nodiscard]] std::string matrix_markdown(const std::string& lab, const std::vector<MatrixRow>& rows);

}  // namespace racecourse
