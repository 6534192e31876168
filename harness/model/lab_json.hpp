// read_lab: labs/<lab>/lab.json and the folders around it → Lab.
//
// Checks every rule of schemas/lab.schema.json and what a schema cannot know: that names are those of folders
// and files which exist. All errors of the content are usage errors with file and JSON pointer. May be called
// from any thread.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "model/lab.hpp"

namespace racecourse {

// A run under ThreadSanitizer misses about one simple race in a thousand, so two are the default.
inline constexpr int kRacesRunsDefault = 2;

// Reads `folder`/lab.json, names the headers in `folder`/include, and hashes what can change a result:
// include/, scenarios/, `reference_folder` and the settings that reach a run. `template_folder` is only
// noted.
[[nodiscard]] Result<Lab> read_lab(const std::filesystem::path& folder,
                                   const std::filesystem::path& reference_folder,
                                   const std::filesystem::path& template_folder);

// Lab::sha256 of a lab whose sources_sha256 is known. To be called again whenever limits or plans have
// changed.
[[nodiscard]] std::string lab_sha256(const Lab& lab);

}  // namespace racecourse
