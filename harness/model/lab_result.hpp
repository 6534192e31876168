// LabResult: everything established about one lab of one submission, before any points. A value.
//
// It is what the store keeps (grading/store.hpp): scoring needs nothing else, so a policy change regrades a
// class without running anything. Its JSON form is model/lab_result_json.hpp. What depends on time stands in
// the `timings` members only; all else is the same for the same submission, lab and seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/finding.hpp"
#include "model/terms.hpp"

namespace racecourse {

// How thoroughly an item was examined.
struct Evidence {
  int runs = 0;                  // Processes.
  std::uint64_t executions = 0;  // Interleavings (schedules); otherwise equal to runs.
  bool exhaustive = false;       // Every interleaving within the bounds was visited.

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

struct ItemTimings {
  std::chrono::microseconds wall{0};  // Of all runs.
  std::chrono::microseconds cpu{0};
  std::uint64_t memory_peak_bytes = 0;
  // speed only: the median ratio of the submission's time to the reference's, with its interval.
  std::optional<double> ratio;
  double ratio_low = 0;
  double ratio_high = 0;

  friend bool operator==(const ItemTimings&, const ItemTimings&) = default;
};

// One scenario under one instrument.
struct ItemResult {
  std::string scenario;
  Instrument instrument = Instrument::correctness;
  Verdict verdict = Verdict::not_run;
  std::vector<Finding> findings;  // Sorted, without duplicates.
  Evidence evidence;
  ItemTimings timings;

  friend bool operator==(const ItemResult&, const ItemResult&) = default;
};

struct LabResult {
  std::string lab;
  std::string lab_sha256;
  std::string files_sha256;
  bool is_skeleton = false;
  std::vector<std::string> notes;
  std::vector<Finding> findings;  // Of the intake and the build; with any, every item is not_run.
  std::vector<ItemResult> items;  // In the order of lab.json.
  std::string compiler_output;    // Warnings and errors, printable, shortened, for the student.
  std::chrono::microseconds build_wall{0};

  friend bool operator==(const LabResult&, const LabResult&) = default;
};

}  // namespace racecourse
