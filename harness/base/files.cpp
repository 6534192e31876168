#include "base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
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

Result<> make_directories(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
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
  if (!written) return std::unexpected(std::move(written).error().during("find room for the work of a submission"));
  return {};
}

Result<ScratchDirectory> ScratchDirectory::make(const fs::path& parent) {
  RC_TRY(make_directories(parent));
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
