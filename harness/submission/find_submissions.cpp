#include "submission/find_submissions.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <set>
#include <utility>

#include "base/check.hpp"
#include "base/fd.hpp"
#include "submission/archive_tree.hpp"
#include "submission/folder_tree.hpp"
#include "submission/near_miss.hpp"
#include "submission/select_files.hpp"
#include "submission/submission_id.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();  // A class has as many as it has.
constexpr std::size_t kIgnoredNamed = 20;

bool holds(const std::vector<FolderItem>& items, std::string_view name) {
  return std::ranges::find(items, name, &FolderItem::name) != items.end();
}

// The error of a path that the caller gave: his, unless the machine is out of something.
std::unexpected<Error> path_error(const std::string& what, int error_number, const std::string& advice) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return usage_error(what + ": it does not exist; " + advice);
    case EACCES:
    case EPERM:
      return usage_error(what + ": permission denied; make it readable for the user who grades");
    case ELOOP:
    case ENAMETOOLONG:
      return usage_error(what + ": " + std::generic_category().message(error_number) + "; " + advice);
    default:
      return system_error(what, error_number);
  }
}

class Search {
 public:
  explicit Search(std::span<const Lab* const> labs) : labs_(labs) {}

  Result<> look_at(const fs::path& given) {
    const fs::path path = tidy(given);
    what_ = "find submissions at " + in_quotes(path.native());
    struct stat status {};
    // stat, not lstat: whoever gives a link on the command line means what it leads to.
    if (::stat(path.c_str(), &status) != 0) return path_error(what_, errno, expected());
    if (S_ISDIR(status.st_mode)) return look_at_folder(path);
    if (!S_ISREG(status.st_mode))
      return usage_error(what_ + ": it is neither a folder nor a regular file; " + expected());
    return look_at_file(path);
  }

  Result<FoundSubmissions> finish() && {
    const std::vector<std::string> ids = make_ids(names_);
    FoundSubmissions found;
    for (std::size_t i = 0; i < ids.size(); ++i) found.entries.push_back({.id = ids[i], .path = paths_[i]});
    std::ranges::sort(found.entries, {}, &SubmissionEntry::id);
    found.notes = std::move(notes_);
    if (found.notes.size() > kIgnoredNamed) {
      const std::size_t more = found.notes.size() - kIgnoredNamed;
      found.notes.resize(kIgnoredNamed);
      found.notes.push_back("ignored " + std::to_string(more) + " more that are no submissions");
    }
    return found;
  }

 private:
  // Without a trailing slash, and by its real name where the name given says nothing (".", "..") or is a
  // link: the intake opens submissions without following a final link. Not normalised: behind a link, ".."
  // leads elsewhere.
  static fs::path tidy(const fs::path& given) {
    const fs::path path = given.has_filename() ? given : given.parent_path();
    std::error_code code;
    const bool is_link = fs::is_symlink(fs::symlink_status(path, code));
    if (is_link || path.filename() == "." || path.filename() == "..") {
      const fs::path real = fs::canonical(given, code);
      if (!code) return real;
    }
    return path;
  }

  Result<> look_at_file(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return path_error(what_, errno, expected());
    if (archive_suffix_length(path.filename().native()) == 0 && !looks_like_archive(fd.get()))
      return usage_error(what_ + ": it is a file, and no archive; " + expected());
    add(path, path.filename().native(), true);
    return {};
  }

  Result<> look_at_folder(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return path_error(what_, errno, expected());
    RC_ASSIGN(std::vector<FolderItem> items, list_visible(fd.get()));
    if (items.empty()) return usage_error(what_ + ": the folder is empty; " + expected());
    if (is_submission(fd.get(), items)) {
      add(path, path.filename().native(), false);
      return {};
    }
    if (holds_submissions(fd.get(), path, items)) {
      for (const FolderItem& item : items) RC_TRY(look_at_child(fd.get(), path, item));
      return {};
    }
    // Sources, but none of the lab's: somebody's attempt, to be answered by a finding that says what is
    // wrong.
    if (has_source(items)) {
      add(path, path.filename().native(), false);
      return {};
    }
    return usage_error(what_ + ": no submission is in this folder; " + expected());
  }

  // One of the items is an archive or a folder with a source or an archive somewhere in it. Others then count
  // as submissions too, with nothing in them; but where there is none at all, the path is wrong.
  static bool holds_submissions(int folder_fd, const fs::path& folder, const std::vector<FolderItem>& items) {
    return std::ranges::any_of(items, [&](const FolderItem& item) {
      if (item.type == EntryType::file) return is_archive(folder_fd, item.name);
      if (item.type != EntryType::folder) return false;
      const Result<Tree> tree = read_folder(folder / item.name);
      // One that is too large or cannot be read may hold anything: the intake will tell.
      return !tree || !tree->refusal.empty() ||
             std::ranges::any_of(tree->entries, [](const TreeEntry& entry) {
               return has_source_suffix(entry.path) || archive_suffix_length(entry.path) > 0;
             });
    });
  }

  Result<> look_at_child(int folder_fd, const fs::path& folder, const FolderItem& item) {
    const fs::path path = folder / item.name;
    if (item.type == EntryType::folder) {
      RC_ASSIGN(const std::string archive, find_lone_archive(folder_fd, item.name));
      add(archive.empty() ? path : path / archive, item.name, false);
      return {};
    }
    if (item.type == EntryType::file && is_archive(folder_fd, item.name)) {
      add(path, item.name, true);
      return {};
    }
    // What instructors put beside the submissions on purpose.
    if (item.name == "grading.json" || item.name == "submission_times.csv" || item.name == "README.md")
      return {};
    const std::string why = item.type == EntryType::file ? "is a file, and no archive"
                            : item.type == EntryType::symlink
                                ? "is a link; to grade what it leads to, give its path on the command line"
                                : std::string(trouble_of(item.type));
    notes_.push_back("ignored " + in_quotes(path.native()) + ": it " + why);
    return {};
  }

  // The one archive that a folder holds and nothing else; "" for any other folder, also one that cannot be
  // read: the intake says why.
  Result<std::string> find_lone_archive(int folder_fd, const std::string& name) {
    const UniqueFd fd(
        ::openat(folder_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return "";
    RC_ASSIGN(const std::vector<FolderItem> items, list_visible(fd.get()));
    const bool lone =
        items.size() == 1 && items[0].type == EntryType::file && is_archive(fd.get(), items[0].name);
    return lone ? items[0].name : std::string();
  }

  Result<std::vector<FolderItem>> list_visible(int folder_fd) {
    Result<std::vector<FolderItem>> items = list_folder(folder_fd, kUnbounded);
    if (!items) return std::unexpected(std::move(items).error().during(what_));
    std::erase_if(*items, [](const FolderItem& item) { return is_ignored_name(item.name); });
    return items;
  }

  static bool is_archive(int folder_fd, const std::string& name) {
    if (archive_suffix_length(name) > 0) return true;
    const UniqueFd fd(
        ::openat(folder_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    return fd && looks_like_archive(fd.get());
  }

  static bool has_source(const std::vector<FolderItem>& items) {
    return std::ranges::any_of(items, [](const FolderItem& item) {
      return item.type != EntryType::folder && has_source_suffix(item.name);
    });
  }

  static bool holds_near_miss(const std::vector<FolderItem>& items, const std::string& wanted) {
    return std::ranges::any_of(items, [&](const FolderItem& item) {
      return item.type != EntryType::folder && has_source_suffix(item.name) &&
             is_near_miss(item.name, wanted);
    });
  }

  // A lab's file is there, of whatever kind and almost by its name, or a folder of the lab's name with a
  // source in it.
  bool is_submission(int folder_fd, const std::vector<FolderItem>& items) {
    for (const Lab* lab : labs_) {
      for (const std::string& file : lab->files)
        if (holds(items, file) || holds_near_miss(items, file)) return true;
      const UniqueFd fd(::openat(folder_fd, lab->name.c_str(),
                                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
      if (!fd) continue;
      const Result<std::vector<FolderItem>> inner = list_folder(fd.get(), kEntriesMax);
      if (inner && (has_source(*inner) || holds(*inner, lab->files.front()))) return true;
    }
    return false;
  }

  // `name` is what the id is made from; the archive's own name where a folder stands for it.
  void add(const fs::path& path, const std::string& name, bool without_suffix) {
    std::error_code code;
    fs::path real = fs::canonical(path, code);
    if (code) real = path;  // It vanished meanwhile: the intake says so, of this one alone.
    // The path as given is asked for too: ids need it to be unique, even if somebody moves the folder
    // meanwhile.
    const bool known = !given_.insert(path.native()).second;
    if (!seen_.insert(real.native()).second || known) return;
    const std::size_t suffix = without_suffix ? archive_suffix_length(name) : 0;
    names_.push_back({.name = name.substr(0, name.size() - suffix), .file = name, .path = path.native()});
    paths_.push_back(path);
  }

  [[nodiscard]] std::string expected() const {
    std::string files;
    for (const Lab* lab : labs_)
      files += (files.empty() ? "" : " or ") + join_path(lab->name, lab->files.front());
    return "expected a folder with " + files + ", the same packed as " + std::string(kArchiveFormats) +
           ", or a folder of such submissions";
  }

  std::span<const Lab* const> labs_;
  std::string what_;  // For errors: what is being looked at.
  std::vector<NamedSubmission> names_;
  std::vector<fs::path> paths_;  // Beside names_.
  std::set<std::string> seen_;   // Canonical paths.
  std::set<std::string> given_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<FoundSubmissions> find_submissions(std::span<const fs::path> paths, std::span<const Lab* const> labs) {
  RC_CHECK(!labs.empty() && std::ranges::none_of(labs, [](const Lab* lab) { return lab->files.empty(); }),
           "a course has a lab, and a lab has a file");
  if (paths.empty()) return usage_error("find submissions: no path was given");
  Search search(labs);
  for (const fs::path& path : paths) RC_TRY(search.look_at(path));
  return std::move(search).finish();
}

}  // namespace racecourse
