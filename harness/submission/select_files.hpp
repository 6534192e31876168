// Selection: which files of a submission belong to which lab. Pure functions on a list of entries.
//
// A lab's files are looked for in <lab>/, then at the top, then the same below a single wrapping folder
// (archives often hold one), then anywhere if only one folder holds a file of the wanted name. From the
// folder found come the required files, and the other sources and headers below it that can be the lab's.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/lab.hpp"
#include "submission/tree.hpp"

namespace racecourse {

struct SelectedFile {
  const TreeEntry* entry = nullptr;  // Into the list that was given.
  std::string name;                  // SourceFile::name.
  bool required = false;
};

struct Selection {
  std::vector<SelectedFile> files;  // Sorted by name, each name once. Nothing when there are findings.
  std::vector<Finding> findings;    // missing_file, unusable_file.
  std::vector<std::string> notes;
};

// One selection for each lab, in the order of `labs`. `entries` is sorted by path.
[[nodiscard]] std::vector<Selection> select_files(std::span<const TreeEntry> entries,
                                                  std::span<const Lab* const> labs);

// All sources below the root, for a folder that is one lab's alone: its skeleton.
[[nodiscard]] Selection select_whole(std::span<const TreeEntry> entries, const Lab& lab);

// Whether select_files may ever choose a file of this path.
[[nodiscard]] bool may_be_selected(std::string_view path, std::span<const Lab* const> labs);

// Ends like a C++ source or header that we take.
[[nodiscard]] bool has_source_suffix(std::string_view name);

}  // namespace racecourse
