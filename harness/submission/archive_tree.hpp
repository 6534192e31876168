// read_archive: a handed-in archive as a Tree, unpacked into memory only.
//
// Formats are told by content: zip, and tar plain or compressed once by gzip, bzip2, xz or zstd. What is
// wrong with an archive (damage, bombs, paths that lead out of it, devices, encryption) is the student's and
// becomes the Tree's refusal. Work and memory are bounded by the limits in tree.hpp. May be called from any
// thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "submission/tree.hpp"

namespace racecourse {

namespace fs = std::filesystem;

// Which files' contents are kept, by path; the others are only listed.
using KeptFiles = std::function<bool(std::string_view path)>;

// Errors (environment): the file cannot be opened or read, or libarchive here lacks a compression.
[[nodiscard]] Result<Tree> read_archive(const fs::path& archive, const KeptFiles& kept);
// As above, on a descriptor of the archive, open for reading.
[[nodiscard]] Result<Tree> read_archive(const UniqueFd& archive, const KeptFiles& kept);

// True when the file begins like an archive that read_archive understands. False also when it cannot be read.
[[nodiscard]] bool looks_like_archive(int file_fd);

// The length of the suffix of `name` that says "archive" (".tar.gz"), in any case of letters; 0 when it has
// none. Knows also those of archives that we refuse, so that such a hand-in is answered and not overlooked.
[[nodiscard]] std::size_t archive_suffix_length(std::string_view name);

inline constexpr std::string_view kArchiveFormats = ".zip, .tar, .tar.gz, .tar.bz2, .tar.xz or .tar.zst";

}  // namespace racecourse
