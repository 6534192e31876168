// ReferenceRuns: the observations of a lab's reference, which submissions are compared with.
//
// The reference is built with the labs and runs through the same door as a submission: same driver, same
// launcher, same limits. Its observations depend on the lab, the driver and the grading seed only, so they
// are kept in the kit's cache. Thread-safe; a lab's reference runs at most once a process.
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

namespace racecourse {

// For each scenario that runs under `correctness`, its observations by run.
using LabObservations = std::map<std::string, std::vector<Observations>>;

class ReferenceRuns {
 public:
  ReferenceRuns(const Kit& kit, std::uint64_t seed) : kit_(kit), seed_(seed) {}

  // Errors: environment, if a run could not take place; usage, if the reference does not pass its own lab.
  // The value lives as long as this object.
  [[nodiscard]] Result<const LabObservations*> of(const Lab& lab, Crew& crew);

 private:
  struct Entry {
    std::mutex mutex;
    std::optional<LabObservations> observations;
  };
  [[nodiscard]] Result<LabObservations> run(const Lab& lab, Crew& crew) const;

  const Kit& kit_;
  std::uint64_t seed_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace racecourse
