// verify_lab: a lab's own exam. Every specimen is examined like a submission and compared with its label.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "grading/examine.hpp"
#include "model/lab_result.hpp"

namespace racecourse {

enum class SpecimenRole { reference, skeleton, right, wrong };
[[nodiscard]] std::string_view to_text(SpecimenRole role);

struct SpecimenReport {
  std::string lab;
  std::string name;  // The folder's name; the role's for the reference and the skeleton.
  SpecimenRole role = SpecimenRole::right;
  std::string about;  // From expect.json.
  LabResult result;
  // How the result differs from the label, a sentence each; empty: exactly as labelled.
  std::vector<std::string> surprises;
};

// In this order: reference, skeleton, right, wrong, each by name. `only` names one specimen, or is empty for
// all. Errors: usage (a specimen's expect.json, no such specimen), environment.
[[nodiscard]] Result<std::vector<SpecimenReport>> verify_lab(const Lab& lab, const Examiner& examiner,
                                                             const std::string& only);

}  // namespace racecourse
