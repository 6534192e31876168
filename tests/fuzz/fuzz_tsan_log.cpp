// ThreadSanitizer's reports, which the student's process writes: bounded, and what is found in them can be
// shown.
#include "check_findings.hpp"
#include "observe/tsan_log.hpp"
#include "observe/tsan_summary.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace racecourse;
  const TsanLog log = parse_tsan_log(fuzz::text_of(bytes, size));
  FUZZ_CHECK(log.reports.size() <= kTsanReportsMax && printable(log.failure) == log.failure);
  const TsanSummary summary = summarise(log.reports);
  fuzz::check_findings(summary.findings);
  fuzz::check_findings(summary.own_races);
  return 0;
}
