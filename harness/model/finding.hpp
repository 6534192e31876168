// Finding: one established fact about a submission, with its evidence. A value.
#pragma once

#include <string>
#include <vector>

#include "model/terms.hpp"

namespace racecourse {

// A place in the student's source. `file` is relative to the lab's folder in the submission, with '/'.
struct Place {
  std::string file;
  int line = 0;  // 1-based; 0 where only the function is known.
  std::string function;

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Finding {
  FindingKind kind = FindingKind::wrong_outcome;
  // One or two sentences for the student. Deterministic: the same submission, lab and seed give the same
  // text, so it holds no measured value, address, process id or count that depends on timing.
  std::string message;
  std::vector<Place> places;  // A data race has two; the order is by file and line.
  std::string detail;  // Longer evidence of the same kind: the compiler's output, a stack, the story of a
                       // schedule. May be empty.
  std::string
      schedule;  // The token of a schedule that shows it again (racecourse replay). Empty: no schedule.

  friend auto operator<=>(const Finding&, const Finding&) = default;
};

}  // namespace racecourse
