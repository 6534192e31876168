// read_folder: a handed-in folder as a Tree, and the listing of one folder.
//
// A student chose every name and kind below the folder, and may change them meanwhile. So each part of a path
// is opened relative to its parent's descriptor and never through a link; nothing blocks; a file is read
// once, into memory, and what was listed as a file is checked again on the descriptor that is read. May be
// called from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "submission/tree.hpp"

namespace racecourse {

namespace fs = std::filesystem;

struct FolderItem {
  std::string name;
  EntryType type = EntryType::file;
};

// The items of an open folder, sorted by name, at most `items_max` of them: which ones, the file system
// decides. Errors (environment): the folder cannot be listed.
[[nodiscard]] Result<std::vector<FolderItem>> list_folder(int folder_fd, std::size_t items_max);

// Errors (environment): the folder itself cannot be opened, or the machine fails while it is listed. A final
// link in `folder` is not followed.
[[nodiscard]] Result<Tree> read_folder(const fs::path& folder, std::size_t entries_max = kEntriesMax);

}  // namespace racecourse
