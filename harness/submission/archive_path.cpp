#include "submission/archive_path.hpp"

#include <unordered_set>

namespace racecourse {

namespace {

bool has_drive(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return name.size() >= 2 && letter(name[0]) && name[1] == ':' &&
         (name.size() == 2 || name[2] == '/' || name[2] == '\\');
}

}  // namespace

ArchivePath clean_archive_path(std::string_view name) {
  ArchivePath path;
  if (name.size() > kPathBytesMax)
    path.trouble = "has a path of more than " + std::to_string(kPathBytesMax) + " bytes";
  else if (name.starts_with('/') || name.starts_with('\\') || has_drive(name))
    path.trouble = "has an absolute path: pack the folder by its name alone";
  std::size_t depth = 0;
  while (path.trouble.empty() && !name.empty()) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(slash == std::string_view::npos ? name.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    // Backslashes separate for Windows only, but no honest name begins so.
    if (part == ".." || part.starts_with("..\\"))
      path.trouble = "leads out of the archive through \"..\": pack the folder from its parent";
    else if (++depth > kDepthMax)
      path.trouble = "is nested more than " + std::to_string(kDepthMax) + " folders deep";
    path.ignored = path.ignored || is_ignored_name(part);
    path.clean = join_path(path.clean, part);
  }
  return path;
}

std::string find_entry_below_file(const std::vector<TreeEntry>& entries) {
  std::unordered_set<std::string_view> not_folders;
  for (const TreeEntry& entry : entries)
    if (entry.type != EntryType::folder) not_folders.insert(entry.path);
  for (const TreeEntry& entry : entries) {
    for (std::string_view above = parent_folder(entry.path); !above.empty(); above = parent_folder(above)) {
      if (not_folders.contains(above))
        return "its entry " + in_quotes(entry.path) + " lies below " + in_quotes(above) +
               ", which is not a folder";
    }
  }
  return "";
}

}  // namespace racecourse
