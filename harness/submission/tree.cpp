#include "submission/tree.hpp"

#include <utility>

#include "base/text.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kQuotedBytesMax = 160;  // A name in a message: two lines of a terminal.

}  // namespace

Tree refused(std::string why) {
  Tree tree;
  tree.refusal = std::move(why);
  return tree;
}

std::string_view trouble_of(EntryType type) {
  switch (type) {
    case EntryType::file:
      return "";
    case EntryType::folder:
      return "is a folder, not a file";
    case EntryType::symlink:
      return "is a symbolic link, and links are not followed: hand in the file itself";
    case EntryType::hard_link:
      return "is a link to another entry of the archive: hand in the file itself";
    case EntryType::special:
      return "is a FIFO, a device or a socket, not a file";
    case EntryType::unreadable_folder:
      return "is a folder that cannot be read (permission denied)";
  }
  return "";
}

std::string too_large_trouble() {
  return "is larger than " + std::to_string(kFileBytesMax >> 20) + " MiB, the limit for a source file";
}

bool is_ignored_name(std::string_view name) { return name.starts_with('.') || name == "__MACOSX"; }

std::string in_quotes(std::string_view name) {
  std::string out = "\"";
  const std::string text = printable(name);
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Cut only before the first byte of a character: a continuation byte is 10xxxxxx.
    if (out.size() >= kQuotedBytesMax && (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      out += "...";
      break;
    }
    if (text[i] == '\n')
      out += "\\n";
    else if (text[i] == '\t')
      out += "\\t";
    else
      out += text[i];
  }
  return out + "\"";
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view parent_folder(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string join_path(std::string_view folder, std::string_view name) {
  std::string out(folder);
  if (!out.empty()) out += '/';
  return out += name;
}

}  // namespace racecourse
