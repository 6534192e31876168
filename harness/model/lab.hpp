// Lab: one assignment as its lab.json describes it. A value, read once and then shared between threads.
//
// Read by read_lab (model/lab_json.hpp); the JSON form is schemas/lab.schema.json.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/points.hpp"
#include "model/terms.hpp"

namespace racecourse {

// The most points one scenario may have under one instrument: a bound that catches stray digits.
inline constexpr std::int64_t kItemPointsMax = 10'000;

// What one run may use, as a lab says it: for the plain build (see limits_under).
struct Limits {
  std::chrono::milliseconds wall{10'000};
  std::chrono::milliseconds cpu{10'000};
  std::uint64_t memory_bytes = 256u << 20;
  std::uint32_t processes = 64;  // Processes and threads together.
  std::uint32_t open_files = 256;
  std::uint64_t file_bytes = 16u << 20;  // The largest file a run may write.
  std::uint64_t disk_bytes = 64u << 20;  // All files of a run together, and their number with folders.
  std::uint32_t disk_files = 2'000;
  std::uint64_t output_bytes = 1u << 20;  // Standard output and error together.

  friend bool operator==(const Limits&, const Limits&) = default;
};

// What a run under the instrument may use: an instrument needs memory, threads and time of its own.
[[nodiscard]] Limits limits_under(Instrument instrument, Limits limits);

// How the instrument `schedules` explores a scenario. Budgets count executions and steps, never time.
struct SchedulePlan {
  std::int64_t executions = 2'000;
  std::int64_t steps = 20'000;   // Of one execution; beyond it a livelock is looked for.
  std::int64_t preemptions = 2;  // The bound of the exhaustive search.
  bool weak_memory = false;      // The memory model of C++20 instead of sequential consistency.
  // How often in one execution each of these may happen to the submission.
  std::int64_t early_timeouts = 0;
  std::int64_t spurious_wakeups = 0;
  std::int64_t weak_failures = 0;      // Of compare_exchange_weak.
  std::int64_t creation_failures = 0;  // Of threads.
  std::int64_t stopped_threads = 1;    // For ever, within a LockFreeScope.

  friend bool operator==(const SchedulePlan&, const SchedulePlan&) = default;
};

// How one instrument runs one scenario.
struct InstrumentPlan {
  Instrument instrument = Instrument::correctness;
  Points points;
  int runs = 1;            // correctness, races: runs, each with inputs of its own.
  double ratio_max = 1.5;  // speed: the largest passing ratio of the submission's time to the reference's.
  SchedulePlan schedules;
};

struct Scenario {
  std::string name;   // snake_case; the name of its RACECOURSE_SCENARIO.
  std::string title;  // What it demands, one short sentence for students.
  std::string hint;   // Shown to students when it fails; may be empty.
  Visibility visibility = Visibility::public_;
  std::vector<InstrumentPlan> instruments;
  Limits limits;
  // The values in failed assertions depend on timing (the number of lost updates, say), so findings leave
  // them out.
  bool values_vary = false;
  // It passes or fails by checks that the scenario itself makes, in the submission's process. Otherwise what
  // it observed is compared with the reference's, outside. For whoever weighs how far its points can be
  // trusted.
  bool judged_inside = false;
  int cores_min = 1;  // On fewer cores the scenario is not run and costs nothing.
};

struct Lab {
  std::string name;
  std::string title;
  std::vector<std::string> files;  // The source files every submission must hand in.
  std::vector<std::string>
      exports;  // The functions they must define, demangled: "race_counter::make_counter()".
  std::vector<Permission> may_use;   // What solutions may use beyond the ordinary; sorted.
  std::vector<std::string> headers;  // File names in include/: a student's own copies of these are ignored.
  std::vector<Scenario> scenarios;
  // All runs of one submission in this lab together, in the order of the scenarios: those after it is used up
  // are not run.
  std::chrono::milliseconds wall_total{120'000};
  SandboxLevel min_level = SandboxLevel::s2;  // Below it submissions are graded only where that is accepted.
  Points skeleton_points;                     // What the untouched skeleton scores: its recorded baseline.

  std::filesystem::path folder;            // labs/<name>
  std::filesystem::path reference_folder;  // reference/<name>
  std::filesystem::path template_folder;   // student_template/<name>
  // Identifies everything that can change a result: interface, scenarios, reference, plans and limits, but
  // not titles, points and visibility, so that a policy change regrades without running anything.
  std::string sha256;
  std::string
      sources_sha256;  // Its part that comes from files, so that changed limits need no file read again.
};

}  // namespace racecourse
