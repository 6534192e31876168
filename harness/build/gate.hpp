// gate: whether what a submission hands in is honest work for the instruments, before any of it runs.
//
// Two gates, each blind where the other sees: the text gate (text_gate.hpp) on what the preprocessor leaves,
// the object gate (object_gate.hpp) on what the compiler made. Whatever they find is a `tampering` finding
// with its place; a submission with one is not run. docs/trust.md says what is gated and why. Reads the
// compiler's files below the scratch folder; otherwise pure.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "model/lab.hpp"
#include "model/submission.hpp"

namespace racecourse {

// What the gates need besides the objects.
struct GatePlan {
  bool preprocess = false;  // What the preprocessor leaves of each source file.
  bool compare = false;     // The same for every flavour.
};
[[nodiscard]] GatePlan plan_gate(std::span<const SourceFile> sources);

// One source file as it was built for one flavour.
struct BuiltSource {
  std::string name;
  bool instrumented = false;
  std::filesystem::path object;
  std::filesystem::path preprocessed;        // Empty: not asked for.
  std::vector<std::filesystem::path> dumps;  // Of g++'s instrumentation; empty: the compiler makes none.
};

// Errors (environment): a file of the compiler's cannot be read.
[[nodiscard]] Result<std::vector<Finding>> judge_built(const LabFiles& files, const Lab& lab,
                                                       std::span<const BuiltSource> built);

}  // namespace racecourse
