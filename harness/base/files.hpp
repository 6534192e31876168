// Files: the few file operations the pipeline needs, with errors that name the path.
//
// Reading never follows a final symlink, never blocks on a FIFO and never takes more than the caller's limit,
// because some of these files were made by students. Writing is atomic: a reader sees the old content or the
// new, never half. All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace racecourse {

namespace fs = std::filesystem;

inline constexpr std::size_t kOwnFileBytesMax = 64u << 20;  // Our own files: JSON, reference sources.

// The content of a regular file of at most `bytes_max` bytes.
[[nodiscard]] Result<std::string> read_file(const fs::path& path, std::size_t bytes_max = kOwnFileBytesMax);

// Replaces `path` by a file with `content`: writes a sibling, syncs it, renames it. On error `path` is as it
// was and the sibling is gone.
[[nodiscard]] Result<> write_file_atomically(const fs::path& path, std::string_view content);

// Moves `name` out of `folder`, in which an untrusted program has worked that is no longer alive, to
// `target`, and makes it ours. Nothing but a regular file without other names, of at most `bytes_max` bytes,
// and directly in the folder, is taken. Errors (environment): it is not there or is something else.
[[nodiscard]] Result<> take_out(const fs::path& folder, const std::string& name, const fs::path& target,
                                std::size_t bytes_max);

// Lets everybody read what is below `tree`, whatever the umask; who may come there the folders above it
// decide.
[[nodiscard]] Result<> let_all_read(const fs::path& tree);
// Lets everybody pass through `folder` who knows a path below it; nobody may list it.
[[nodiscard]] Result<> let_all_pass(const fs::path& folder);

[[nodiscard]] Result<> make_directories(const fs::path& path);
// Not its parent: where that was there before, somebody removed it.
[[nodiscard]] Result<> make_directory(const fs::path& path);
[[nodiscard]] Result<> remove_tree(const fs::path& path);

// Whether a file of a megabyte can still be written in `folder`: before a failure is charged to a student,
// the machine must have had room. Errors (environment): it cannot.
[[nodiscard]] Result<> check_room(const fs::path& folder);

// A directory of its own below `parent`, which exists, with an absolute path, that is removed, whatever is in
// it, when this value dies.
class ScratchDirectory {
 public:
  [[nodiscard]] static Result<ScratchDirectory> make(const fs::path& parent);
  ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchDirectory& operator=(ScratchDirectory&& other) noexcept;
  ~ScratchDirectory();

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  explicit ScratchDirectory(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

}  // namespace racecourse
