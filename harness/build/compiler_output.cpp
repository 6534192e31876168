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

bool says(std::string_view line, std::string_view words) {
  return line.find(words) != std::string_view::npos;
}

bool is_error(std::string_view line) { return says(line, ": error: ") || says(line, ": fatal error: "); }

// As it was given to the compiler.
bool is_of_submission(std::string_view line) { return line.starts_with("./"); }

// Takes the first line off `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

// "./file:line:column: ..."
std::vector<Place> place_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string file(line.substr(0, colon));
  while (file.starts_with("./")) file.erase(0, 2);
  int number = 0;
  for (const char c : line.substr(colon + 1)) {
    if (c < '0' || c > '9' || number > 100'000'000) break;
    number = number * 10 + (c - '0');
  }
  return {Place{brief(file), number, {}}};
}

void leave_out(std::string& text, const std::string& part) {
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos;) text.erase(at, part.size());
}

}  // namespace

std::vector<Place> first_error(std::string_view output) {
  std::string_view error;
  std::string_view own;
  for (std::string_view rest = output; !rest.empty();) {
    const std::string_view line = take_line(rest);
    if (is_error(line)) {
      if (!error.empty()) break;
      error = line;
      if (is_of_submission(line)) own = line;
    } else if (is_of_submission(line) &&
               (error.empty() ? says(line, "   required from ") : own.empty() && says(line, ": note: "))) {
      own = line;
    }
  }
  return place_of(own.empty() ? error : own);
}

std::string without_our_places(std::string output, const std::string& include, const std::string& includer) {
  static const std::string kFirst = "In file included from ";
  static const std::string kNext = ",\n                 from ";
  const std::string line = includer + ":1";
  leave_out(output, kNext + line);
  leave_out(output, kFirst + line + ":\n");
  leave_out(output, line + kNext);
  leave_out(output, include + "/");
  return output;
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
