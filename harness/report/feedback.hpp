// feedback: a grade as its student reads it on a terminal or in feedback.txt. Pure; thread-safe.
#pragma once

#include <string>

#include "model/grade.hpp"

namespace racecourse {

struct FeedbackStyle {
  bool colours = false;
  // Scenarios that are not public are counted and not told: their inputs and expectations stay unknown.
  bool only_public = true;
};

[[nodiscard]] std::string feedback(const Grade& grade, const FeedbackStyle& style);

// "data_race at race_counter.cpp:12 (Counter::increment) and race_counter.cpp:17": the one-line form of a
// finding.
[[nodiscard]] std::string headline(const Finding& finding);

}  // namespace racecourse
