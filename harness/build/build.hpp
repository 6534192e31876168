// build_submission: a lab's files of one submission become shared objects, one a flavour.
//
// Student text is compiled alone, never with ours. Each source is compiled once a flavour, all of them in
// parallel, by the same launcher and under limits like any other untrusted work. What does not compile is a
// finding. May be called from many threads at once.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/crew.hpp"
#include "base/error.hpp"
#include "build/toolchain.hpp"
#include "model/lab.hpp"
#include "model/submission.hpp"

namespace racecourse {

enum class Flavour {
  plain,  // -O2
  tsan,   // -O1 -fsanitize=thread; not linked with libtsan itself: the driver brings the runtime.
};
[[nodiscard]] std::string_view to_text(Flavour flavour);
// The flavour in which an instrument runs.
[[nodiscard]] Flavour flavour_of(Instrument instrument);

struct BuildReport {
  std::vector<Finding> findings;  // Empty: every asked flavour is there.
  std::string compiler_output;    // Printable, shortened; warnings too.
  std::chrono::microseconds wall{0};
};

// How submissions are compiled: a result holds only for the recipe it was made with.
[[nodiscard]] std::string build_recipe();

// Where build_submission puts an object.
[[nodiscard]] std::filesystem::path object_folder(const std::filesystem::path& scratch, Flavour flavour);

// Where it puts the sources that it compiles.
[[nodiscard]] std::filesystem::path source_folder(const std::filesystem::path& scratch);

// Writes below `scratch`, which exists and is the caller's own. `files.sources` is not empty.
// Errors (environment): the machine failed.
[[nodiscard]] Result<BuildReport> build_submission(const LabFiles& files, const Lab& lab,
                                                   const std::vector<Flavour>& flavours,
                                                   const Toolchain& toolchain,
                                                   const std::filesystem::path& scratch, Crew& crew);

// Whether a file that only includes the lab's headers compiles and links: before a submission is charged for
// not compiling, the compiler must work. Writes below `scratch`. Errors (environment): it does not.
[[nodiscard]] Result<> check_compiler(const Lab& lab, const std::vector<Flavour>& flavours,
                                      const Toolchain& toolchain, const std::filesystem::path& scratch,
                                      Crew& crew);

}  // namespace racecourse
