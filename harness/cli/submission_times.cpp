#include "cli/submission_times.hpp"

#include <algorithm>

#include "base/files.hpp"
#include "base/text.hpp"
#include "model/time_text.hpp"

namespace racecourse {

namespace {

constexpr std::string_view kHeader = "submission,submitted_at";

// The first cell of a line, unquoted, and the rest after its comma.
struct Cells {
  std::string first;
  std::string_view rest;
};

Cells split(std::string_view line) {
  Cells cells;
  std::size_t i = 0;
  if (line.starts_with('"')) {
    for (i = 1; i < line.size(); ++i) {
      if (line[i] == '"' && (i + 1 >= line.size() || line[i + 1] != '"')) break;
      if (line[i] == '"') ++i;
      cells.first += line[i];
    }
    ++i;
  } else {
    i = std::min(line.find(','), line.size());
    cells.first = line.substr(0, i);
  }
  if (i < line.size() && line[i] == ',') cells.rest = line.substr(i + 1);
  return cells;
}

}  // namespace

Result<std::map<std::string, std::chrono::sys_seconds>> read_submission_times(
    const fs::path& path, const fs::path& near, const std::vector<SubmissionEntry>& entries) {
  std::map<std::string, std::chrono::sys_seconds> times;
  fs::path file = path;
  std::error_code code;
  if (file.empty() && !near.empty() && fs::is_regular_file(near / "submission_times.csv", code))
    file = near / "submission_times.csv";
  if (file.empty()) return times;
  const std::string shown = printable(file.native());
  Result<std::string> content = read_file(file);
  if (!content) return usage_error(std::move(content).error().message);
  std::string_view text = *content;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string where = "read " + shown + ": line " + std::to_string(number) + ": ";
    if (number == 1) {
      if (line != kHeader)
        return usage_error(where + "expected the header " + std::string(kHeader) + ", got \"" +
                           printable(line) + "\"");
      continue;
    }
    if (line.empty()) continue;
    const Cells cells = split(line);
    if (std::ranges::none_of(entries, [&](const SubmissionEntry& entry) { return entry.id == cells.first; }))
      return usage_error(where + "expected a submission of this class, got \"" + printable(cells.first) +
                         "\"");
    const auto time = time_from(trim(cells.rest));
    if (!time)
      return usage_error(where + "expected a time with its zone such as 2026-03-01T23:59:00+03:00, got \"" +
                         printable(cells.rest) + "\"");
    if (!times.emplace(cells.first, *time).second)
      return usage_error(where + "a second time for \"" + printable(cells.first) + "\"");
  }
  return times;
}

}  // namespace racecourse
