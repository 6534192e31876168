// Submission times for the late policy, from a CSV file. Reads one file; no state.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "submission/find_submissions.hpp"

namespace racecourse {

// Reads `path`, or submission_times.csv in `near` if `path` is empty and the file exists; otherwise there are
// no times. A header line `submission,submitted_at`, then a submission's id and an RFC 3339 time a line.
// Errors (usage) name file, line and what was expected; a submission that is not among `entries` is an error
// too: a typing mistake would otherwise forgive somebody's lateness.
[[nodiscard]] Result<std::map<std::string, std::chrono::sys_seconds>> read_submission_times(
    const std::filesystem::path& path, const std::filesystem::path& near,
    const std::vector<SubmissionEntry>& entries);

}  // namespace racecourse
