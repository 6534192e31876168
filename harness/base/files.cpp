#include "base/files.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/fd.hpp"
#include "base/text.hpp"

namespace racecourse {

Result<std::string> read_file(const fs::path& path, std::size_t bytes_max) {
  const std::string shown = printable(path.native());
  // O_NONBLOCK: opening a FIFO that a student put in our way must not wait for a writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return system_error("read " + shown, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return system_error("read " + shown, errno);
  if (!S_ISREG(status.st_mode)) return environment_error("read " + shown + ": it is not a regular file");
  const auto too_large = [&] {
    return environment_error("read " + shown + ": it is larger than " + std::to_string(bytes_max) + " bytes");
  };
  if (static_cast<std::size_t>(status.st_size) > bytes_max) return too_large();
  std::string content;
  content.reserve(static_cast<std::size_t>(status.st_size));
  char block[1 << 16];
  for (;;) {
    const ssize_t got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read " + shown, errno);
    if (got == 0) return content;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > bytes_max) return too_large();  // It grew meanwhile, or is a file of /proc.
  }
}

namespace {

Result<> write_all(int fd, std::string_view content, const std::string& shown) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_error("write " + shown, errno);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Result<> write_file_atomically(const fs::path& path, std::string_view content) {
  static std::atomic<unsigned> counter{0};
  const std::string shown = printable(path.native());
  fs::path sibling = path;
  sibling += ".tmp" + std::to_string(::getpid()) + "." + std::to_string(counter++);
  UniqueFd fd(::open(sibling.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd) return system_error("write " + shown, errno);
  Result<> written = write_all(fd.get(), content, shown);
  // close() may report what write() deferred (quota, network file systems), so its result counts too.
  if (written && ::close(fd.release()) != 0) written = system_error("write " + shown, errno);
  if (written && ::rename(sibling.c_str(), path.c_str()) != 0)
    written = system_error("write " + shown, errno);
  if (!written) ::unlink(sibling.c_str());
  return written;
}

Result<> take_out(const fs::path& folder, const std::string& name, const fs::path& target,
                  std::size_t bytes_max) {
  const auto cannot = [&](const std::string& why) {
    return environment_error("take " + printable((folder / name).native()) + ": " + why);
  };
  const UniqueFd place(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!place) return cannot(std::strerror(errno));
  open_how how{};
  how.flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const UniqueFd file(static_cast<int>(::syscall(SYS_openat2, place.get(), name.c_str(), &how, sizeof how)));
  if (!file) return cannot(std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return cannot(std::strerror(errno));
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return cannot("it is not a regular file of its own");
  if (static_cast<std::size_t>(status.st_size) > bytes_max)
    return cannot("it is larger than " + std::to_string(bytes_max) + " bytes");
  // From here on it has no other name and no other owner.
  if (::renameat(place.get(), name.c_str(), AT_FDCWD, target.c_str()) != 0)
    return cannot(std::strerror(errno));
  if (status.st_uid != ::geteuid() && ::fchown(file.get(), ::geteuid(), ::getegid()) != 0)
    return cannot(std::strerror(errno));
  if (::fchmod(file.get(), 0644) != 0) return cannot(std::strerror(errno));
  return {};
}

Result<> let_all_read(const fs::path& tree) {
  constexpr fs::perms kRead = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
  constexpr fs::perms kPass = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  std::error_code code;
  const auto open_up = [&](const fs::path& path, bool folder) {
    fs::permissions(path, folder ? kRead | kPass : kRead, fs::perm_options::add, code);
  };
  open_up(tree, fs::is_directory(tree, code));
  if (!code && fs::is_directory(tree, code))
    for (fs::recursive_directory_iterator it(tree, code), end; !code && it != end; it.increment(code))
      open_up(it->path(), it->is_directory(code));
  if (code) return environment_error("let all read " + printable(tree.native()) + ": " + code.message());
  return {};
}

Result<> let_all_pass(const fs::path& folder) {
  std::error_code code;
  fs::permissions(folder, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add, code);
  if (code) return environment_error("let all pass " + printable(folder.native()) + ": " + code.message());
  return {};
}

Result<> make_directories(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return environment_error("create the folder " + printable(path.native()) + ": " + code.message());
  return {};
}

Result<> make_directory(const fs::path& path) {
  std::error_code code;
  fs::create_directory(path, code);
  if (code) return environment_error("create the folder " + printable(path.native()) + ": " + code.message());
  return {};
}

Result<> remove_tree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return environment_error("remove " + printable(path.native()) + ": " + code.message());
  return {};
}

Result<> check_room(const fs::path& folder) {
  const fs::path probe = folder / "room";
  Result<> written = write_file_atomically(probe, std::string(1u << 20, 'x'));
  ::unlink(probe.c_str());
  if (!written)
    return std::unexpected(std::move(written).error().during("find room for the work of a submission"));
  return {};
}

Result<ScratchDirectory> ScratchDirectory::make(const fs::path& parent) {
  // Absolute, because the programs that work in it start in folders of their own.
  std::error_code code;
  const fs::path absolute = fs::absolute(parent, code);
  if (code) return environment_error("find the current folder: " + code.message());
  std::string pattern = (absolute / "scratch-XXXXXX").native();
  if (::mkdtemp(pattern.data()) == nullptr)
    return system_error("create a scratch folder below " + printable(parent.native()), errno);
  return ScratchDirectory(fs::path(pattern));
}

ScratchDirectory& ScratchDirectory::operator=(ScratchDirectory&& other) noexcept {
  if (this != &other) {
    if (!path_.empty()) (void)remove_tree(path_);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

ScratchDirectory::~ScratchDirectory() {
  // A scratch folder that cannot be removed costs disk, not correctness: the next start sweeps it.
  if (!path_.empty()) (void)remove_tree(path_);
}

}  // namespace racecourse
