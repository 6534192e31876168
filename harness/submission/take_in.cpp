#include "submission/take_in.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "submission/archive_tree.hpp"
#include "submission/folder_tree.hpp"
#include "submission/select_files.hpp"

namespace racecourse {

namespace {

Result<Tree> read_tree(const fs::path& path, std::span<const Lab* const> labs) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return system_error("read " + printable(path.native()), errno);
  if (S_ISDIR(status.st_mode)) return read_folder(path);
  return read_archive(path, [&](std::string_view file) { return may_be_selected(file, labs); });
}

// g++ and clang++ take UTF-8 with a byte order mark and CRLF as they are, but not UTF-16.
bool is_utf16(std::string_view bytes) {
  return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

void find_fault(LabFiles& files, std::string message) {
  files.findings.push_back(
      {.kind = FindingKind::unusable_file, .message = std::move(message), .places = {}, .detail = {}});
}

void seal(LabFiles& files) {
  if (!files.findings.empty()) files.sources.clear();
  Sha256 hash;
  hash.field(files.sources.size());
  for (const SourceFile& source : files.sources) hash.field(source.name).field(source.content);
  for (const Finding& finding : files.findings) hash.field(to_text(finding.kind)).field(finding.message);
  files.sha256 = hash.hex();
}

// Adds one selected file to the lab's, or what is wrong with it.
Result<> load_file(Tree& tree, const SelectedFile& file, LabFiles& files) {
  RC_ASSIGN(FileContent content, tree.load(*file.entry));
  const std::string path = in_quotes(file.entry->path);
  if (!content.trouble.empty() && file.required) {
    find_fault(files, "The file " + path + " " + content.trouble + ".");
  } else if (!content.trouble.empty()) {
    // Left out like any other file that is not asked for: whether it was needed, the compiler says.
    files.notes.push_back(path + " is ignored: it " + content.trouble + ".");
  } else {
    if (is_utf16(content.bytes))
      files.notes.push_back(path + " is encoded in UTF-16, which compilers do not read: save it as UTF-8.");
    files.sources.push_back({.name = file.name, .content = std::move(content.bytes)});
  }
  return {};
}

// Reads what was selected, and stops where a limit is passed.
Result<LabFiles> load(Tree& tree, Selection selection, const Lab& lab) {
  LabFiles files{.lab = lab.name,
                 .sources = {},
                 .findings = std::move(selection.findings),
                 .notes = std::move(selection.notes),
                 .sha256 = {}};
  if (selection.files.size() > kLabFilesMax) {
    find_fault(files, "The lab has " + std::to_string(selection.files.size()) + " source files; at most " +
                          std::to_string(kLabFilesMax) + " are taken.");
    return files;
  }
  std::size_t bytes = 0;
  for (const SelectedFile& file : selection.files) {
    const std::size_t before = files.sources.size();
    RC_TRY(load_file(tree, file, files));
    if (files.sources.size() > before) bytes += files.sources.back().content.size();
    if (bytes > kLabBytesMax) {
      find_fault(files, "The lab's source files are larger than " + std::to_string(kLabBytesMax >> 20) +
                            " MiB together, the limit for a lab.");
      return files;
    }
  }
  return files;
}

// Whether the sources are the files that the lab hands out. A lab without a skeleton folder has no skeleton.
Result<bool> is_skeleton(const LabFiles& files, const Lab& lab) {
  std::error_code code;
  if (files.sources.empty() || lab.template_folder.empty() || !fs::is_directory(lab.template_folder, code))
    return false;
  RC_ASSIGN(Tree tree, read_folder(lab.template_folder));
  RC_ASSIGN(const LabFiles skeleton, load(tree, select_whole(tree.entries, lab), lab));
  return std::ranges::equal(files.sources, skeleton.sources, [](const SourceFile& a, const SourceFile& b) {
    return a.name == b.name && a.content == b.content;
  });
}

}  // namespace

Result<Submission> take_in(const SubmissionEntry& entry, std::span<const Lab* const> labs) {
  RC_ASSIGN(Tree tree, read_tree(entry.path, labs));
  std::vector<Selection> selections(labs.size());
  if (tree.refusal.empty()) selections = select_files(tree.entries, labs);
  Submission submission{.id = entry.id, .origin = entry.path, .labs = {}, .sha256 = {}};
  Sha256 hash;
  for (std::size_t i = 0; i < labs.size(); ++i) {
    RC_ASSIGN(LabFiles files, load(tree, std::move(selections[i]), *labs[i]));
    if (!tree.refusal.empty()) find_fault(files, "The submission cannot be used: " + tree.refusal + ".");
    seal(files);
    RC_ASSIGN(files.is_skeleton, is_skeleton(files, *labs[i]));
    hash.field(files.lab).field(files.sha256);
    submission.labs.push_back(std::move(files));
  }
  submission.sha256 = hash.hex();
  return submission;
}

}  // namespace racecourse
