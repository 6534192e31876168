// examine_lab: the main path. One lab of one submission, from its files to what is established about it.
//
// May be called from many threads at once with one Examiner.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/crew.hpp"
#include "base/error.hpp"
#include "build/toolchain.hpp"
#include "grading/kit.hpp"
#include "grading/reference.hpp"
#include "grading/store.hpp"
#include "model/lab_result.hpp"
#include "model/submission.hpp"

namespace racecourse {

// What all examinations of one command share. The references outlive it.
struct Examiner {
  const Kit& kit;
  const Toolchain& toolchain;
  const Store& store;
  ReferenceRuns& references;
  Crew& crew;
  std::filesystem::path scratch;  // Exists; a folder an examination is made below it.
  std::uint64_t seed = 1;
  std::map<std::string, std::string>
      driver_identities;  // Of every lab that is examined; see Kit::driver_identity.
};

// Errors: environment or usage; nothing is established then and nobody is charged.
[[nodiscard]] Result<LabResult> examine_lab(const LabFiles& files, const Lab& lab, const Examiner& examiner);

}  // namespace racecourse
