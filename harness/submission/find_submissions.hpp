// find_submissions: from the paths of the command line to the submissions they mean.
//
// A path is one submission (a folder with a lab's file at the top or in <lab>/, or an archive) or a folder of
// submissions, in which every folder and every archive is one. A folder in it that holds nothing but one
// archive, as learning platforms pack them, stands for that archive. Reads names and the beginnings of files
// only; thread-safe.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "model/lab.hpp"

namespace racecourse {

struct SubmissionEntry {
  std::string id;  // See submission_id.hpp.
  std::filesystem::path path;
};

struct FoundSubmissions {
  std::vector<SubmissionEntry> entries;  // Sorted by id. Never empty.
  std::vector<std::string> notes;  // What lay beside the submissions and is not graded, for the terminal.
};

// Submissions that several paths mean are found once. A link that is itself a path is followed, a link within
// a folder is not: it is in the notes. Errors (usage): a path that does not exist, cannot be read or holds no
// submission. Errors (environment): the machine.
[[nodiscard]] Result<FoundSubmissions> find_submissions(std::span<const std::filesystem::path> paths,
                                                        std::span<const Lab* const> labs);

}  // namespace racecourse
