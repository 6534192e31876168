// Tree: one submission as a flat list of its entries, whether it came as a folder or as an archive.
//
// What is chosen from a submission (select_files.hpp) is decided on this list alone, so that folders and
// archives obey the same rules. A Tree is made by read_folder or read_archive; it lists names and kinds,
// never follows a link, and reads nothing outside the submission. One thread uses a Tree at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace racecourse {

// The limits of a hand-in. They protect the grader, not the course: each is far above what a lab needs.
inline constexpr std::size_t kFileBytesMax =
    1u << 20;  // One source; written by hand, even 100 KB would be much.
inline constexpr std::size_t kLabBytesMax = 4u << 20;  // One lab's sources together: a minute of compiling.
inline constexpr std::size_t kLabFilesMax = 64;  // One lab's sources: each costs a compilation a flavour.
inline constexpr std::size_t kEntriesMax =
    10'000;                                   // A whole submission, some forgotten build folders included.
inline constexpr std::size_t kDepthMax = 32;  // Folders within folders; each costs a descriptor to walk.
inline constexpr std::size_t kPathBytesMax = 4'096;  // Linux's PATH_MAX: longer paths never were real files.
inline constexpr std::uint64_t kArchiveBytesMax = 64u << 20;  // An archive as handed in.
inline constexpr std::uint64_t kUnpackedBytesMax =
    64u << 20;  // All it unpacks to, read or skipped: the end of a bomb.

enum class EntryType {
  file,
  folder,
  symlink,
  hard_link,          // Archives only: an entry that names another entry instead of holding a content.
  special,            // FIFO, device, socket.
  unreadable_folder,  // Permission denied: what it holds is unknown.
};

struct TreeEntry {
  std::string path;  // Relative, '/' between parts; no part is empty, "." or "..".
  EntryType type = EntryType::file;
  std::size_t index = 0;  // For Tree::load.
};

// A file's bytes, or why they cannot be had: a clause about the file ("is larger than 1 MiB").
struct FileContent {
  std::string bytes;
  std::string trouble;
};

struct Tree {
  // Sorted by path; an archive may hold a path twice. Hidden entries and __MACOSX are left out with all below
  // them.
  std::vector<TreeEntry> entries;
  // Not empty: the submission as a whole cannot be used, and this sentence says why. Then there are no
  // entries.
  std::string refusal;
  // Reads one entry of type `file`. Errors (environment): the machine failed to read it.
  std::move_only_function<Result<FileContent>(const TreeEntry&)> load;
};

// A tree that holds nothing but the reason why.
[[nodiscard]] Tree refused(std::string why);

// Why an entry of this type is not a usable source: a clause about it. Empty for a file.
[[nodiscard]] std::string_view trouble_of(EntryType type);
[[nodiscard]] std::string too_large_trouble();

// Entries that neither hold nor hide anything handed in on purpose: .git, .DS_Store, __MACOSX.
[[nodiscard]] bool is_ignored_name(std::string_view name);

// A name of unknown origin for a message: in quotes, on one line, printable, of bounded length.
[[nodiscard]] std::string in_quotes(std::string_view name);

// The part after the last '/', and the part before it ("" when there is none).
[[nodiscard]] std::string_view base_name(std::string_view path);
[[nodiscard]] std::string_view parent_folder(std::string_view path);
// `folder`/`name`, where the folder "" is the root.
[[nodiscard]] std::string join_path(std::string_view folder, std::string_view name);

}  // namespace racecourse
