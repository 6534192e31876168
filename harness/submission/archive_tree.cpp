// libarchive reads; we decide. Four things are not left to it:
// - The one decompressor is set by the first bytes. With libarchive's own guessing, a gzip in a gzip in a
// gzip is
//   unwrapped 25 deep, and what an inner layer swallows without giving anything back is bounded by nothing.
// - The file is read through our own callbacks, so that an I/O error of the machine is told from damage for
// certain,
//   and so that input which is swallowed without result (a huge zip directory, endless empty members) ends.
// - Names are translated under a UTF-8 locale of the reading thread's own: under the "C" locale, in which
// programs
//   start, libarchive drops every name that is not ASCII, and who was at home in which locale must not decide
//   a grade.
// - Entries are read to their end and counted, never skipped: skipping unpacks a bomb just as well, unseen.
#include "submission/archive_tree.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "submission/archive_path.hpp"

namespace racecourse {

namespace {

// Input may run ahead of output by what decompressors buffer (bzip2: 900 KB) and by zip's directory, read
// first. This much holds the directory of some 40,000 ordinary entries, four times more than we take.
constexpr std::uint64_t kInputAhead = 4u << 20;
constexpr std::size_t kBlockBytes = 64u << 10;

struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, FreeReader>;

// The file under libarchive, and what happened to it.
struct Input {
  int fd = -1;
  std::int64_t size = 0;
  std::int64_t position = 0;
  std::uint64_t fed = 0;
  std::uint64_t fed_max = kInputAhead;
  bool greedy = false;   // libarchive asked for more than fed_max.
  int error_number = 0;  // The machine failed.
  std::array<char, kBlockBytes> block{};
};

la_ssize_t feed(archive* reader, void* client, const void** block) {
  Input& input = *static_cast<Input*>(client);
  *block = input.block.data();
  // The size at the beginning is the size: a file that grows meanwhile is not followed.
  const auto wanted = static_cast<std::size_t>(
      std::clamp<std::int64_t>(input.size - input.position, 0, std::int64_t{kBlockBytes}));
  if (input.fed > input.fed_max) {
    input.greedy = true;
    archive_set_error(reader, EFBIG, "too much input for too little output");
    return ARCHIVE_FATAL;
  }
  ssize_t got = 0;
  do {
    got = ::pread(input.fd, input.block.data(), wanted, input.position);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    input.error_number = errno;
    archive_set_error(reader, errno, "cannot read the file");
    return ARCHIVE_FATAL;
  }
  input.position += got;
  input.fed += static_cast<std::uint64_t>(got);
  return got;
}

la_int64_t seek(archive*, void* client, la_int64_t offset, int whence) {
  Input& input = *static_cast<Input*>(client);
  const std::int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? input.position : input.size;
  // The offset comes from the archive: it may be anything.
  if (offset > input.size - base || offset < -base) return ARCHIVE_FATAL;
  input.position = base + offset;
  return input.position;
}

// The one decompressor for a file that begins like this; ARCHIVE_FILTER_NONE for zip and plain tar.
int filter_of(std::string_view beginning) {
  using namespace std::string_view_literals;
  if (beginning.starts_with("\x1F\x8B"sv)) return ARCHIVE_FILTER_GZIP;
  if (beginning.starts_with("BZh"sv)) return ARCHIVE_FILTER_BZIP2;
  if (beginning.starts_with("\xFD\x37zXZ\0"sv)) return ARCHIVE_FILTER_XZ;
  if (beginning.starts_with("\x28\xB5\x2F\xFD"sv)) return ARCHIVE_FILTER_ZSTD;
  return ARCHIVE_FILTER_NONE;
}

// Prepares to read; damage shows at the first entry.
Result<Reader> open_reader(Input& input) {
  std::array<char, 8> beginning{};
  const ssize_t got = ::pread(input.fd, beginning.data(), beginning.size(), 0);
  if (got < 0) return system_error("read an archive", errno);
  const int filter = filter_of(std::string_view(beginning.data(), static_cast<std::size_t>(got)));
  Reader reader(archive_read_new());
  if (!reader) return environment_error("read an archive: libarchive cannot start");
  int status = archive_read_support_format_tar(reader.get());
  // Only the reader that uses zip's directory: the streaming one knows neither links nor the sizes of stored
  // entries.
  if (filter == ARCHIVE_FILTER_NONE)
    status = std::min(status, archive_read_support_format_zip_seekable(reader.get()));
  else
    status = std::min(status, archive_read_append_filter(reader.get(), filter));
  // A warning here means that libarchive would start an external program to decompress.
  if (status != ARCHIVE_OK)
    return environment_error("read an archive: libarchive on this machine cannot read its compression");
  archive_read_set_read_callback(reader.get(), feed);
  archive_read_set_seek_callback(reader.get(), seek);
  archive_read_set_callback_data(reader.get(), &input);
  return reader;
}

// libarchive 3.6 ends the program ("No memory") when a name cannot be translated while errno says ENOMEM,
// also when that is left from some other call long ago.
int next_header(archive* reader, archive_entry** entry) {
  errno = 0;
  return archive_read_next_header(reader, entry);
}

EntryType type_of(archive_entry* entry) {
  errno = 0;  // As in next_header.
  if (archive_entry_hardlink(entry) != nullptr) return EntryType::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return EntryType::file;
    case AE_IFDIR:
      return EntryType::folder;
    case AE_IFLNK:
      return EntryType::symlink;
    case 0:
      return EntryType::file;  // Some zip writers leave the kind of a file unsaid.
    default:
      return EntryType::special;
  }
}

// For the calling thread and this scope only. Where the system has no such locale, an archive with names
// that need it is refused.
class Utf8Locale {
 public:
  Utf8Locale() : before_(::uselocale(utf8())) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() { ::uselocale(before_); }

 private:
  // One for all threads, never freed: what the C library frees with a locale it guards by locks that
  // ThreadSanitizer does not see. None where the system has none; uselocale then changes nothing.
  static locale_t utf8() {
    static const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    return made;
  }

  const locale_t before_;
};

class Unpacking {
 public:
  Unpacking(Input& input, archive* reader, const KeptFiles& kept)
      : input_(input), reader_(reader), kept_(kept) {}

  Result<Tree> unpack() {
    std::string why = archive_read_open1(reader_) == ARCHIVE_OK ? read_entries() : damage();
    if (input_.error_number != 0) return system_error("read an archive", input_.error_number);
    if (why.empty()) why = find_entry_below_file(tree_.entries);
    if (!why.empty()) return refused(std::move(why));
    // Stable: entries of one path stay in the archive's order.
    std::ranges::stable_sort(tree_.entries, {}, &TreeEntry::path);
    tree_.load = [contents = std::move(contents_)](const TreeEntry& entry) -> Result<FileContent> {
      return contents.at(entry.index);
    };
    return std::move(tree_);
  }

 private:
  // Each of these returns why the archive is refused, or "".
  std::string read_entries() {
    archive_entry* entry = nullptr;
    for (;;) {
      const int status = next_header(reader_, &entry);
      if (status == ARCHIVE_EOF) return "";
      // A warning is about a name or a date that libarchive could not translate; the entry is whole.
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damage();
      if (++entries_ > kEntriesMax)
        return "it holds more than " + std::to_string(kEntriesMax) + " entries: hand in only the sources";
      if (std::string why = read_entry(entry); !why.empty()) return why;
      if (unpacked_too_much()) return too_much();
    }
  }

  std::string read_entry(archive_entry* entry) {
    errno = 0;  // As in next_header.
    const char* spelled = archive_entry_pathname(entry);
    // "./" is an honest name, of the archive's root; none at all is not.
    if (spelled == nullptr || *spelled == '\0') return "it has an entry without a readable name";
    const std::string name(spelled);
    const EntryType type = type_of(entry);
    const auto refuse = [&](std::string_view why) {
      return "its entry " + in_quotes(name) + " " + std::string(why);
    };
    if (archive_entry_is_encrypted(entry) != 0)
      return refuse("is encrypted: hand in an archive without a password");
    if (type == EntryType::special) return refuse(trouble_of(type));
    const ArchivePath path = clean_archive_path(name);
    if (!path.trouble.empty()) return refuse(path.trouble);
    const bool listed = !path.clean.empty() && !path.ignored;
    const bool kept = listed && type == EntryType::file && kept_(path.clean);
    FileContent content;
    if (!read_content(kept, content)) return unpacked_too_much() ? too_much() : damage();
    if (!listed) return "";
    tree_.entries.push_back({.path = path.clean, .type = type, .index = contents_.size()});
    contents_.push_back(std::move(content));
    return "";
  }

  // False: the entry could not be read to its end.
  bool read_content(bool kept, FileContent& content) {
    for (;;) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(reader_, &block, &size, &offset);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK) return false;
      unpacked_ += size;
      allow_input();
      if (unpacked_too_much()) return false;
      if (!kept || !content.trouble.empty()) continue;
      // A sparse entry has holes: the offset runs ahead, and may be anything.
      if (offset < 0 || static_cast<std::uint64_t>(offset) > kFileBytesMax ||
          size > kFileBytesMax - static_cast<std::size_t>(offset)) {
        content = {.bytes = {}, .trouble = too_large_trouble()};
        continue;
      }
      const auto begin = static_cast<std::size_t>(offset);
      content.bytes.resize(std::max(content.bytes.size(), begin + size), '\0');
      if (size > 0) std::memcpy(content.bytes.data() + begin, block, size);
    }
    allow_input();
    return true;
  }

  // What came out is a licence to read on: each entry may cost a block more, because zip seeks.
  void allow_input() { input_.fed_max = kInputAhead + unpacked_ + (entries_ + 1) * 2 * kBlockBytes; }

  // Counts also what is between the entries of a tar: its headers can be bombs too.
  [[nodiscard]] bool unpacked_too_much() const {
    const auto streamed =
        static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(reader_, 0), 0));
    return std::max(unpacked_, streamed) > kUnpackedBytesMax;
  }

  static std::string too_much() {
    return "it unpacks to more than " + std::to_string(kUnpackedBytesMax >> 20) +
           " MiB: hand in only the sources";
  }

  std::string damage() const {
    if (input_.greedy) return "it is damaged or holds too many entries: hand in only the sources";
    const char* said = archive_error_string(reader_);
    return "it is damaged or no archive of a known kind (" +
           in_quotes(said == nullptr ? "no reason given" : said) + "): hand in a " +
           std::string(kArchiveFormats);
  }

  Input& input_;
  archive* reader_;
  const KeptFiles& kept_;
  Tree tree_;
  std::vector<FileContent> contents_;
  std::uint64_t unpacked_ = 0;
  std::size_t entries_ = 0;
};

}  // namespace

Result<Tree> read_archive(const UniqueFd& archive, const KeptFiles& kept) {
  struct stat status {};
  if (::fstat(archive.get(), &status) != 0) return system_error("read an archive", errno);
  if (!S_ISREG(status.st_mode)) return environment_error("read an archive: it is no longer a regular file");
  if (status.st_size > static_cast<off_t>(kArchiveBytesMax))
    return refused("it is larger than " + std::to_string(kArchiveBytesMax >> 20) +
                   " MiB: hand in only the sources");
  if (status.st_size == 0) return refused("it is an empty file: hand in a " + std::string(kArchiveFormats));
  const auto input = std::make_unique<Input>(Input{.fd = archive.get(), .size = status.st_size});
  const Utf8Locale locale;
  RC_ASSIGN(const Reader reader, open_reader(*input));
  return Unpacking(*input, reader.get(), kept).unpack();
}

Result<Tree> read_archive(const fs::path& archive, const KeptFiles& kept) {
  const std::string what = "read " + printable(archive.native());
  const UniqueFd fd(::open(archive.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) return system_error(what, errno);
  Result<Tree> tree = read_archive(fd, kept);
  if (!tree) tree.error() = std::move(tree).error().during(what);
  return tree;
}

bool looks_like_archive(int file_fd) {
  struct stat status {};
  if (::fstat(file_fd, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const auto input = std::make_unique<Input>(Input{.fd = file_fd, .size = status.st_size});
  const Result<Reader> reader = open_reader(*input);
  archive_entry* entry = nullptr;
  if (!reader || archive_read_open1(reader->get()) != ARCHIVE_OK) return false;
  const int first = next_header(reader->get(), &entry);
  return first == ARCHIVE_OK || first == ARCHIVE_WARN;
}

std::size_t archive_suffix_length(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kSuffixes = {
      ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz", ".tgz", ".tbz2",
      ".tbz",    ".txz",     ".tzst",   ".zip",     ".tar",    ".rar", ".7z"};
  for (const std::string_view suffix : kSuffixes) {
    if (name.size() <= suffix.size()) continue;
    const std::string_view tail = name.substr(name.size() - suffix.size());
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
    if (std::ranges::equal(tail, suffix, same)) return suffix.size();
  }
  return 0;
}

}  // namespace racecourse
