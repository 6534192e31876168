#include "build/compiler_output.hpp"

#include <algorithm>
#include <array>

namespace racecourse {

namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kNamesMax = 10;

// A name as it fits into a sentence: students, and their templates, make them as long as they like.
std::string brief(std::string_view name) {
  if (name.size() <= kNameBytesMax) return std::string(name);
  std::size_t end = kNameBytesMax;
  // Cuts only between characters: a continuation byte is 10xxxxxx.
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return std::string(name.substr(0, end)) + "...";
}

}  // namespace

std::vector<Place> first_error(std::string_view output) {
  const std::size_t error = std::min(output.find(": error: "), output.find(": fatal error: "));
  if (error == std::string_view::npos) return {};
  const std::size_t line_begin =
      output.rfind('\n', error) == std::string_view::npos ? 0 : output.rfind('\n', error) + 1;
  const std::string_view head = output.substr(line_begin, error - line_begin);
  const std::size_t colon = head.find(':');
  if (colon == std::string_view::npos) return {};
  std::string file(head.substr(0, colon));
  while (file.starts_with("./")) file.erase(0, 2);
  int line = 0;
  for (const char c : head.substr(colon + 1)) {
    if (c < '0' || c > '9' || line > 100'000'000) break;
    line = line * 10 + (c - '0');
  }
  return {Place{brief(file), line, {}}};
}

Finding missing(const std::set<std::string>& functions) {
  std::string list;
  std::size_t named = 0;
  for (const std::string& function : functions) {
    if (named == kNamesMax) {
      list += " and " + std::to_string(functions.size() - kNamesMax) + " more";
      break;
    }
    list += (list.empty() ? "" : ", ") + brief(function);
    ++named;
  }
  return Finding{.kind = FindingKind::missing_function,
                 .message = "Declared but never defined: " + list +
                            ". Check the name, the parameters and the namespace.",
                 .places = {},
                 .detail = {}};
}

bool compiler_was_killed(std::string_view output) {
  // #line can give a file a name with all of these words and newlines in it, but only a complaint shows it.
  // Who has mistakes of his own is charged for them, killed or not.
  static constexpr auto kComplaints = std::to_array<std::string_view>({"error: ", "Error: "});
  std::size_t complaints = 0;
  for (const std::string_view complaint : kComplaints)
    for (std::size_t at = output.find(complaint); at != std::string_view::npos;
         at = output.find(complaint, at + 1))
      ++complaints;
  if (complaints != 1) return false;
  const std::size_t at = output.find(": fatal error: Killed signal terminated program ");
  if (at == std::string_view::npos) return false;
  const std::size_t line_begin = output.rfind('\n', at) + 1;
  return output.substr(line_begin, at - line_begin).find(':') == std::string_view::npos;
}

}  // namespace racecourse
