// Expectation: what a lab's exam expects of one specimen, as its expect.json says. A value.
//
// Read by read_expectation (model/expectation_json.hpp); the JSON form is schemas/expect.schema.json.
#pragma once

#include <string>
#include <vector>

#include "model/terms.hpp"

namespace racecourse {

// One scenario under one instrument that fails, with exactly these findings.
struct ExpectedFailure {
  std::string scenario;
  Instrument instrument = Instrument::correctness;
  std::vector<FindingKind> findings;  // Sorted, without duplicates; at least one.

  friend bool operator==(const ExpectedFailure&, const ExpectedFailure&) = default;
};

// A right specimen expects nothing. A wrong one has either `build` findings, and then nothing runs, or
// failures; no item is named twice.
struct Expectation {
  std::string about;  // The bug and why it is one; of a right specimen, what is special about it.
  std::vector<ExpectedFailure> fails;     // Exactly the items that fail.
  std::vector<ExpectedFailure> may_fail;  // Items whose failure is truly a matter of luck.
  std::vector<FindingKind> build;         // Sorted, without duplicates.
};

}  // namespace racecourse
