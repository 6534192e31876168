// A hard link needs no rule here: in a folder it is a regular file, its content is copied like any other's,
// and who may make one is for the owner of that disk to say (fs.protected_hardlinks).
//
// Paths are opened part by part with O_NOFOLLOW rather than by openat2(RESOLVE_BENEATH |
// RESOLVE_NO_SYMLINKS): the paths come from our own listing and hold no "..", so both refuse the same things,
// and this way works on every kernel and under seccomp filters that do not know openat2.
#include "submission/folder_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "base/text.hpp"

namespace racecourse {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
// O_NONBLOCK: a FIFO put in the place of a file must not wait for a writer.
constexpr int kFileFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

EntryType type_of(mode_t mode) {
  if (S_ISREG(mode)) return EntryType::file;
  if (S_ISDIR(mode)) return EntryType::folder;
  if (S_ISLNK(mode)) return EntryType::symlink;
  return EntryType::special;
}

// Some file systems leave d_type unknown; an entry that vanished meanwhile is no entry.
bool find_type(int folder_fd, const dirent& item, EntryType& type) {
  if (item.d_type != DT_UNKNOWN) {
    type = type_of(static_cast<mode_t>(DTTOIF(item.d_type)));
    return true;
  }
  struct stat status {};
  if (::fstatat(folder_fd, item.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  type = type_of(status.st_mode);
  return true;
}

bool is_denied(int error_number) { return error_number == EACCES || error_number == EPERM; }

// What the path meant is gone or another kind of thing: somebody changes the submission while it is read.
bool is_replaced(int error_number) {
  return error_number == ENOENT || error_number == ENOTDIR || error_number == ELOOP ||
         error_number == ENXIO || error_number == EISDIR;
}

// Lists folders into `tree`. False: the tree was refused, stop.
class Walk {
 public:
  Walk(Tree& tree, std::size_t entries_max) : tree_(tree), entries_max_(entries_max) {}

  Result<bool> list(int folder_fd, const std::string& path, std::size_t depth) {
    RC_ASSIGN(const std::vector<FolderItem> items, list_folder(folder_fd, entries_max_ + 1 - seen_));
    seen_ += items.size();
    if (seen_ > entries_max_)
      return refuse("it holds more than " + std::to_string(entries_max_) + " files and folders");
    for (const FolderItem& item : items) {
      if (is_ignored_name(item.name)) continue;
      RC_ASSIGN(const bool going_on, add(folder_fd, path, item, depth));
      if (!going_on) return false;
    }
    return true;
  }

 private:
  Result<bool> add(int folder_fd, const std::string& folder, const FolderItem& item, std::size_t depth) {
    TreeEntry entry{.path = join_path(folder, item.name), .type = item.type};
    if (entry.path.size() > kPathBytesMax)
      return refuse("it holds a path of more than " + std::to_string(kPathBytesMax) + " bytes");
    if (item.type != EntryType::folder) {
      tree_.entries.push_back(std::move(entry));
      return true;
    }
    if (depth == kDepthMax)
      return refuse("its folders are nested more than " + std::to_string(kDepthMax) + " deep");
    const UniqueFd fd(::openat(folder_fd, item.name.c_str(), kFolderFlags));
    if (!fd && is_replaced(errno)) return true;
    if (!fd && !is_denied(errno)) return system_error("open its folder " + in_quotes(entry.path), errno);
    if (!fd) entry.type = EntryType::unreadable_folder;
    tree_.entries.push_back(entry);
    return fd ? list(fd.get(), entry.path, depth + 1) : Result<bool>(true);
  }

  bool refuse(std::string why) {
    tree_ = refused(std::move(why) + ": hand in only the sources");
    return false;
  }

  Tree& tree_;
  std::size_t entries_max_;
  std::size_t seen_ = 0;  // Also the entries that are left out, so that they cannot keep us busy.
};

// Opens a file below `root_fd` part by part; on failure errno says why.
UniqueFd open_below(int root_fd, std::string_view path) {
  UniqueFd folder;
  for (;;) {
    const int at = folder ? folder.get() : root_fd;
    const std::size_t slash = path.find('/');
    const std::string part(path.substr(0, slash));
    if (slash == std::string_view::npos) return UniqueFd(::openat(at, part.c_str(), kFileFlags));
    UniqueFd next(::openat(at, part.c_str(), kFolderFlags));
    if (!next) return next;
    folder = std::move(next);
    path.remove_prefix(slash + 1);
  }
}

Result<FileContent> read_content(int fd, const std::string& shown) {
  FileContent content;
  char block[1 << 16];
  for (;;) {
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("its file " + shown, errno);
    if (got == 0) return content;
    content.bytes.append(block, static_cast<std::size_t>(got));
    // The file may have grown since its size was asked for.
    if (content.bytes.size() > kFileBytesMax) return FileContent{.bytes = {}, .trouble = too_large_trouble()};
  }
}

Result<FileContent> load_file(int root_fd, const std::string& path) {
  const UniqueFd fd = open_below(root_fd, path);
  if (!fd && is_denied(errno))
    return FileContent{.bytes = {}, .trouble = "cannot be read (permission denied)"};
  if (!fd && is_replaced(errno))
    return FileContent{.bytes = {}, .trouble = "was replaced while it was being read"};
  if (!fd) return system_error("its file " + in_quotes(path), errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return system_error("its file " + in_quotes(path), errno);
  if (!S_ISREG(status.st_mode))
    return FileContent{.bytes = {}, .trouble = "was replaced while it was being read"};
  if (status.st_size > static_cast<off_t>(kFileBytesMax))
    return FileContent{.bytes = {}, .trouble = too_large_trouble()};
  return read_content(fd.get(), in_quotes(path));
}

}  // namespace

Result<std::vector<FolderItem>> list_folder(int folder_fd, std::size_t items_max) {
  // A duplicate, because closedir closes it. Opening "." anew would need the right to enter, not only to
  // read.
  const int own_fd = ::fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);
  if (own_fd < 0) return system_error("list a folder", errno);
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(own_fd));
  if (!folder) {
    const int error_number = errno;
    ::close(own_fd);
    return system_error("list a folder", error_number);
  }
  ::rewinddir(folder.get());  // The duplicate shares its reading position with the original.
  std::vector<FolderItem> items;
  while (items.size() < items_max) {
    errno = 0;
    const dirent* item = ::readdir(folder.get());
    if (item == nullptr && errno != 0) return system_error("list a folder", errno);
    if (item == nullptr) break;
    const std::string_view name(item->d_name);
    EntryType type{};
    if (name == "." || name == ".." || !find_type(folder_fd, *item, type)) continue;
    items.push_back({.name = std::string(name), .type = type});
  }
  std::ranges::sort(items, {}, &FolderItem::name);
  return items;
}

Result<Tree> read_folder(const fs::path& folder, std::size_t entries_max) {
  UniqueFd root(::open(folder.c_str(), kFolderFlags));
  if (!root) return system_error("open the folder " + printable(folder.native()), errno);
  Tree tree;
  if (auto listed = Walk(tree, entries_max).list(root.get(), "", 0); !listed)
    return std::unexpected(std::move(listed).error().during("read " + printable(folder.native())));
  // The walk goes folder by folder; by path, "a.cpp" stands between "a" and "a/b".
  std::ranges::sort(tree.entries, {}, &TreeEntry::path);
  tree.load = [root = std::move(root), what = "read " + printable(folder.native())](const TreeEntry& entry) {
    Result<FileContent> content = load_file(root.get(), entry.path);
    if (!content) content.error() = std::move(content).error().during(what);
    return content;
  };
  return tree;
}

}  // namespace racecourse
