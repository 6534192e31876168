// TSan summary: the reports of one run judged: the canary, findings about the submission, and races of our
// own.
//
// Pure and deterministic: the texts hold no address, thread, size or order that can differ between runs of
// one submission, and equal findings of one log are one. Any thread may call it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "observe/tsan_log.hpp"

namespace racecourse {

// The objects of a run, by the names under which ThreadSanitizer knows them.
inline constexpr std::string_view kSubmissionObject = "submission.so";
inline constexpr std::string_view kTsanDriverObject = "driver_tsan";
// The function of the deliberate race (runtime/sanitizer.cpp). Only in the driver does the name count.
inline constexpr std::string_view kCanaryFunction = "racecourse::driver::racecourse_canary_race";

struct TsanSummary {
  bool canary_seen = false;
  // Sorted. The places are in the student's own files (relative names). For a data race they are the two
  // accesses, twice the same place if two threads run the same line, or only one if the other access is not
  // in the student's code.
  std::vector<Finding> findings;
  // Reports without a place in the student's code, races nearly always: both accesses are the scenario's own.
  // Sorted; the places are in the scenario. Who is to blame cannot be told from the log: the scenario may be
  // wrong, or it relied on a lock, a queue or a join of the submission which does not order what it must
  // order. The reference tells: if its runs of the same scenario have none of these, as `verify` demands of
  // every lab, then the submission is to blame and the findings can be charged as they are; otherwise the lab
  // is at fault.
  std::vector<Finding> own_races;
};

[[nodiscard]] TsanSummary summarise(std::span<const TsanReport> reports);

}  // namespace racecourse
