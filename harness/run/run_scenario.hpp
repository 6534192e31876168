// run_scenario: one process, one scenario, one instrument. What happened, and no judgement.
//
// May be called from many threads at once; the symbolizer takes care of itself.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/crew.hpp"
#include "base/error.hpp"
#include "launch/launch.hpp"
#include "model/lab.hpp"
#include "model/run_report.hpp"
#include "run/symbolizer.hpp"

namespace racecourse {

struct RunSpec {
  Launcher launcher;
  std::filesystem::path driver;         // build/labs/<lab>/driver_<flavour>
  std::filesystem::path object_folder;  // Holds the submission.so to load.
  std::filesystem::path scratch;        // Exists; a folder of the run's own is made below it and removed.
  const Scenario* scenario = nullptr;
  Instrument instrument = Instrument::correctness;
  std::uint64_t seed = 1;  // The grading seed.
  int run = 0;
  // schedules only.
  SchedulePlan schedules;
  std::string foreign;  // An outcome that is a finding; empty: none.
  std::string replay;   // The token of the one schedule to run; empty: explore.
};

// Errors (environment): the run could not take place. Everything that the submission does is a report.
[[nodiscard]] Result<RunReport> run_scenario(const RunSpec& spec);

// Runs in real time mostly wait for timers and for each other; an exploration computes all the time.
[[nodiscard]] constexpr Crew::Load load_of(Instrument instrument) {
  return instrument == Instrument::schedules ? Crew::Load::computes : Crew::Load::waits;
}

// What the driver is told, without the channel: a driver that is run by hand shows its events on standard
// error.
[[nodiscard]] std::vector<std::string> driver_arguments(const RunSpec& spec);

}  // namespace racecourse
