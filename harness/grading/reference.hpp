// ReferenceRuns: the observations of a lab's reference, which submissions are compared with.
//
// The reference is built with the labs and runs through the same door as a submission: same driver, same
// launcher, same limits. Its observations, and the outcomes that it has under any schedule, depend on the
// lab, the drivers and the grading seed only, so they are kept in the kit's cache. Thread-safe; a lab's
// reference runs at most once a process.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/crew.hpp"
#include "base/error.hpp"
#include "grading/kit.hpp"
#include "model/lab.hpp"
#include "observe/observations.hpp"
#include "observe/schedule_findings.hpp"
#include "run/run_scenario.hpp"

namespace racecourse {

// What a submission's behaviour is compared with, by scenario.
struct LabReference {
  std::map<std::string, std::vector<Observations>> observations;  // correctness: by run.
  std::map<std::string, Outcomes> outcomes;                       // schedules.
};

class ReferenceRuns {
 public:
  ReferenceRuns(const Kit& kit, std::uint64_t seed) : kit_(kit), seed_(seed) {}

  // Errors: environment, if a run could not take place; usage, if the reference does not pass its own lab.
  // The value lives as long as this object.
  [[nodiscard]] Result<const LabReference*> of(const Lab& lab, Crew& crew);

 private:
  struct Entry {
    std::mutex mutex;
    std::optional<LabReference> reference;
  };
  [[nodiscard]] RunSpec spec_of(const Lab& lab, const Scenario& scenario, const InstrumentPlan& plan, int run,
                                const std::filesystem::path& scratch) const;
  [[nodiscard]] Result<LabReference> run(const Lab& lab, Crew& crew) const;

  const Kit& kit_;
  std::uint64_t seed_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace racecourse
