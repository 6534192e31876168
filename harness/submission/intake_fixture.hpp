// What the intake's tests share: labs, folders and archives to try it on. For tests only.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "model/lab.hpp"
#include "model/submission.hpp"
#include "submission/take_in.hpp"

namespace racecourse::intake_fixture {

inline Lab make_lab(std::string name, std::vector<std::string> files) {
  Lab lab;
  lab.headers = {name + ".hpp"};
  lab.name = std::move(name);
  lab.files = std::move(files);
  return lab;
}

// Two labs of one file and one of two, like a course's.
struct Labs {
  Lab counter = make_lab("race_counter", {"race_counter.cpp"});
  Lab pool = make_lab("process_pool", {"process_pool.cpp"});
  Lab spinner = make_lab("async_spinner", {"spinner_thread.cpp", "spinner_coroutine.cpp"});
  std::vector<const Lab*> all = {&counter, &pool, &spinner};
  std::vector<const Lab*> one = {&counter};
};

class TempFolder {
 public:
  TempFolder() : scratch_(ScratchDirectory::make(fs::temp_directory_path())) {
    REQUIRE_MESSAGE(scratch_.has_value(), "tests need a temporary folder");
  }

  [[nodiscard]] const fs::path& path() const { return scratch_->path(); }
  [[nodiscard]] fs::path operator/(std::string_view name) const { return path() / name; }

  void write(std::string_view name, std::string_view content = "int x;\n") const {
    const fs::path file = path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    REQUIRE(fs::exists(file));
  }
  void folder(std::string_view name) const { fs::create_directories(path() / name); }

 private:
  Result<ScratchDirectory> scratch_;
};

// Root may read everything; for the tests of permissions it becomes nobody for a while.
class WithoutPrivileges {
 public:
  WithoutPrivileges() : was_root_(::geteuid() == 0) {
    if (was_root_) REQUIRE(::seteuid(65534) == 0);
  }
  ~WithoutPrivileges() {
    if (was_root_) (void)!::seteuid(0);
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

 private:
  bool was_root_;
};

enum class Format { zip, tar, tar_gz, tar_bz2, tar_xz, tar_zst };
inline constexpr std::array kFormats = {Format::zip,     Format::tar,    Format::tar_gz,
                                        Format::tar_bz2, Format::tar_xz, Format::tar_zst};

// Writes archives into memory, dishonest ones too: libarchive checks nothing when it writes.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(Format format, const char* passphrase = nullptr) : writer_(archive_write_new()) {
    if (format == Format::zip)
      archive_write_set_format_zip(writer_);
    else
      archive_write_set_format_pax_restricted(writer_);
    if (format == Format::tar_gz) archive_write_add_filter_gzip(writer_);
    if (format == Format::tar_bz2) archive_write_add_filter_bzip2(writer_);
    if (format == Format::tar_xz) archive_write_add_filter_xz(writer_);
    if (format == Format::tar_zst) archive_write_add_filter_zstd(writer_);
    if (passphrase != nullptr) {
      REQUIRE(archive_write_set_options(writer_, "zip:encryption=traditional") == ARCHIVE_OK);
      REQUIRE(archive_write_set_passphrase(writer_, passphrase) == ARCHIVE_OK);
    }
    archive_write_set_bytes_in_last_block(writer_, 1);
    REQUIRE(archive_write_open(writer_, &bytes_, nullptr, &append, nullptr) == ARCHIVE_OK);
  }
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;
  ~ArchiveWriter() { archive_write_free(writer_); }

  ArchiveWriter& file(std::string_view path, std::string_view content = "int x;\n") {
    add(path, AE_IFREG, content.size(), [](archive_entry*) {});
    if (!content.empty())
      REQUIRE(archive_write_data(writer_, content.data(), content.size()) ==
              static_cast<la_ssize_t>(content.size()));
    return *this;
  }
  // A file of zeros, which compress to nearly nothing.
  ArchiveWriter& zeros(std::string_view path, std::size_t bytes) {
    add(path, AE_IFREG, bytes, [](archive_entry*) {});
    write_zeros(bytes);
    return *this;
  }
  ArchiveWriter& node(std::string_view path, mode_t type) {
    add(path, type, 0, [](archive_entry*) {});
    return *this;
  }
  ArchiveWriter& symlink(std::string_view path, const char* target) {
    add(path, AE_IFLNK, 0, [&](archive_entry* entry) { archive_entry_set_symlink(entry, target); });
    return *this;
  }
  ArchiveWriter& hard_link(std::string_view path, const char* target) {
    add(path, AE_IFREG, 0, [&](archive_entry* entry) { archive_entry_set_hardlink(entry, target); });
    return *this;
  }
  // A file of one hole and a last byte; tar only. The hole is not in the archive.
  ArchiveWriter& sparse(std::string_view path, std::size_t bytes) {
    add(path, AE_IFREG, bytes, [&](archive_entry* entry) {
      archive_entry_sparse_add_entry(entry, static_cast<la_int64_t>(bytes) - 1, 1);
    });
    write_zeros(bytes);
    return *this;
  }

  std::string finish() {
    REQUIRE(archive_write_close(writer_) == ARCHIVE_OK);
    return bytes_;
  }

 private:
  static la_ssize_t append(archive*, void* client, const void* block, std::size_t size) {
    static_cast<std::string*>(client)->append(static_cast<const char*>(block), size);
    return static_cast<la_ssize_t>(size);
  }

  void write_zeros(std::size_t bytes) {
    static const std::string kBlock(1 << 20, '\0');
    for (std::size_t left = bytes; left > 0; left -= std::min(left, kBlock.size()))
      REQUIRE(archive_write_data(writer_, kBlock.data(), std::min(left, kBlock.size())) > 0);
  }

  template <class Adjust>
  void add(std::string_view path, mode_t type, std::size_t size, Adjust adjust) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, std::string(path).c_str());
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(size));
    adjust(entry);
    const int status = archive_write_header(writer_, entry);
    archive_entry_free(entry);
    REQUIRE_MESSAGE(status >= ARCHIVE_WARN, archive_error_string(writer_));
  }

  archive* writer_;
  std::string bytes_;
};

inline Submission take(const fs::path& path, const std::vector<const Lab*>& labs) {
  const Result<Submission> submission = take_in({.id = "s", .path = path}, labs);
  REQUIRE_MESSAGE(submission.has_value(), submission.error().message);
  return *submission;
}

inline std::vector<std::string> names_of(const LabFiles& files) {
  std::vector<std::string> names;
  for (const SourceFile& source : files.sources) names.push_back(source.name);
  return names;
}

// The messages of the lab's findings, each after its kind; "" for none.
inline std::string findings_of(const LabFiles& files) {
  std::string out;
  for (const Finding& finding : files.findings)
    out += std::string(to_text(finding.kind)) + ": " + finding.message + "\n";
  return out;
}

inline std::string notes_of(const LabFiles& files) {
  std::string out;
  for (const std::string& note : files.notes) out += note + "\n";
  return out;
}

inline bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace racecourse::intake_fixture
