// feedback: a grade as its student reads it on a terminal or in feedback.txt. Pure; thread-safe.
#pragma once

#include <span>
#include <string>

#include "model/grade.hpp"

namespace racecourse {

struct FeedbackStyle {
  bool colours = false;
  // Scenarios that are not public are counted and not told: their inputs and expectations stay unknown.
  bool only_public = true;
};

// Findings with their details, for a terminal.
[[nodiscard]] std::string findings_text(std::span<const Finding> findings, std::string_view indent,
                                        bool colours);

[[nodiscard]] std::string feedback(const Grade& grade, const FeedbackStyle& style);

// "data_race at race_counter.cpp:12 (Counter::increment) and race_counter.cpp:17": the one-line form of a
// finding.
[[nodiscard]] std::string headline(const Finding& finding);

}  // namespace racecourse
