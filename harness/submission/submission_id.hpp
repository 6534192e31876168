// Submission ids: from whatever a file is called to a name that is safe everywhere. Pure functions.
//
// An id is a folder name below the output folder, a cell of grades.csv and a word on the terminal. It is
// valid UTF-8 without control, direction and separator characters, does not begin with '-' or '.', and has at
// most kIdBytesMax bytes. It depends on the set of names only, never on their order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace racecourse {

inline constexpr std::size_t kIdBytesMax =
    165;  // 100 of the name, a dash and 64 of a hash: well below NAME_MAX.

struct NamedSubmission {
  std::string name;  // The file's name, any bytes, without an archive's suffix.
  std::string file;  // The file's whole name.
  std::string path;  // As it was given; no two are equal.
};

// One id for each, in the same order, unique also where letters' case does not count (ASCII). Names that
// would share an id all get a part of their hash behind it, so that no order decides who keeps the plain one.
[[nodiscard]] std::vector<std::string> make_ids(const std::vector<NamedSubmission>& submissions);

// The id of a name that nobody shares.
[[nodiscard]] std::string plain_id(std::string_view name);

}  // namespace racecourse
