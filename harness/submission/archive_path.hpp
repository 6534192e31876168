// Archive paths: what the names in an archive may be. Pure functions.
//
// Nothing is ever unpacked to disk, so a path that leads out of the archive could do no harm; it is refused
// because no honest tool writes it, and because what it was meant to replace is anybody's guess.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "submission/tree.hpp"

namespace racecourse {

struct ArchivePath {
  std::string clean;     // As TreeEntry::path; "" for the archive's root itself.
  bool ignored = false;  // One of its parts is_ignored_name.
  std::string trouble;   // Not empty: a clause saying why the archive is refused.
};

[[nodiscard]] ArchivePath clean_archive_path(std::string_view name);

// Why an archive is refused in which an entry lies below another one that is no folder; "" if there is none.
[[nodiscard]] std::string find_entry_below_file(const std::vector<TreeEntry>& entries);

}  // namespace racecourse
