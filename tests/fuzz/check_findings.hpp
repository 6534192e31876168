// What holds for every finding that is made of a student's bytes: its texts can be shown anywhere.
#pragma once

#include <vector>

#include "base/text.hpp"
#include "fuzzing.hpp"
#include "model/finding.hpp"

namespace racecourse::fuzz {

inline void check_findings(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    FUZZ_CHECK(!finding.message.empty() && printable(finding.message) == finding.message);
    FUZZ_CHECK(printable(finding.detail) == finding.detail);
    for (const Place& place : finding.places) {
      FUZZ_CHECK(printable(place.file) == place.file && printable(place.function) == place.function);
      FUZZ_CHECK(place.line >= 0);
    }
  }
}

}  // namespace racecourse::fuzz
