#include "submission/near_miss.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "model/nearest_name.hpp"
#include "submission/archive_tree.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kNamedMax = 3;  // More would not help to find the mistake.

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }

// The letters of the name before its first dot, in lower case and without those in parentheses: "Race_Counter
// (1).cpp" becomes "racecounter".
std::string letters_of(std::string_view name) {
  std::string out;
  int open = 0;
  for (const char c : name.substr(0, name.find('.'))) {
    if (c == '(') ++open;
    if (c == ')' && open > 0) --open;
    if (open == 0 && is_letter(c)) out += to_lower(c);
  }
  return out;
}

// True when the endings can name the same kind of file: some ".c…" for a wanted ".cpp", or plain text, or
// none.
bool has_like_ending(std::string_view name, std::string_view wanted) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || wanted.find('.') == std::string_view::npos) return true;
  std::string ending(name.substr(dot));
  std::ranges::transform(ending, ending.begin(), to_lower);
  const char first = to_lower(wanted[std::min(wanted.find('.') + 1, wanted.size() - 1)]);
  return ending.starts_with(std::string(".") + first) || ending.starts_with(".txt") ||
         ending.starts_with(".doc");
}

}  // namespace

bool is_near_miss(std::string_view name, std::string_view wanted) {
  if (name == wanted) return true;
  if (!has_like_ending(name, wanted)) return false;
  const std::string meant = letters_of(wanted);
  const std::string written = letters_of(name);
  if (meant.empty() || written.empty()) return false;
  if (written.find(meant) != std::string::npos) return true;
  const std::array<std::string_view, 1> names = {meant};
  return nearest_name(written, names).has_value();
}

std::string explain_missing(std::span<const TreeEntry> entries, std::string_view wanted,
                            std::span<const std::string> claimed) {
  std::vector<const TreeEntry*> near;
  const TreeEntry* archive = nullptr;
  const TreeEntry* unreadable = nullptr;
  bool any_file = false;
  for (const TreeEntry& entry : entries) {
    if (entry.type == EntryType::unreadable_folder) unreadable = &entry;
    if (entry.type == EntryType::folder || entry.type == EntryType::unreadable_folder) continue;
    any_file = true;
    const std::string_view name = base_name(entry.path);
    const bool other = name != wanted && std::ranges::find(claimed, name) != claimed.end();
    if (!other && is_near_miss(name, wanted)) near.push_back(&entry);
    if (archive_suffix_length(name) > 0) archive = &entry;
  }
  if (!near.empty()) {
    std::string out = " There is ";
    for (std::size_t i = 0; i < std::min(near.size(), kNamedMax); ++i)
      out += (i == 0 ? "" : ", ") + in_quotes(near[i]->path);
    if (near.size() > kNamedMax) out += " and " + std::to_string(near.size() - kNamedMax) + " more like it";
    return out + ": was that meant? Name and place must be exact.";
  }
  if (unreadable != nullptr) return " The folder " + in_quotes(unreadable->path) + " cannot be read.";
  if (archive != nullptr)
    return " There is " + in_quotes(archive->path) +
           ", an archive within the submission, and it is not opened.";
  return any_file ? "" : " Nothing was handed in: there is no file at all.";
}

}  // namespace racecourse
