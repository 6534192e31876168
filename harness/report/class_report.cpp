#include "report/class_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "report/feedback.hpp"

namespace racecourse {

namespace {

using nlohmann::ordered_json;

// Terminal columns of UTF-8 text, one a character; good enough for names and file places.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string fitted(std::string_view text, std::size_t columns) {
  if (width(text) <= columns) return std::string(text) + std::string(columns - width(text), ' ');
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    while (i + length < text.size() && (static_cast<unsigned char>(text[i + length]) & 0xC0) == 0x80)
      ++length;
    if (++used > columns - 1) break;
    out += text.substr(i, length);
    i += length;
  }
  return out + "…";
}

std::string csv_cell(std::string_view text) {
  std::string cell(text);
  // CSV injection: = + - @ and tab begin a formula in spreadsheets.
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos)
    cell.insert(0, 1, '\'');
  if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string verdict_word(const ClassRow& row) {
  return row.error.empty() ? std::string(to_text(row.verdict)) : "ungraded";
}

ordered_json number(Points points) {
  if (points.hundredths() % 100 == 0) return points.hundredths() / 100;
  return points.value();
}

Points mean_points(const ClassSummary& summary) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (const ClassRow& row : summary.rows) {
    if (!row.error.empty()) continue;
    sum += row.points.hundredths();
    ++count;
  }
  return count == 0 ? Points() : Points::of_hundredths(sum).scaled(1, count);
}

std::int64_t ungraded_count(const ClassSummary& summary) {
  return std::ranges::count_if(summary.rows, [](const ClassRow& row) { return !row.error.empty(); });
}

}  // namespace

ClassRow row_of(const Grade& grade) {
  ClassRow row;
  row.id = grade.submission_id;
  row.sha256 = grade.submission_sha256;
  row.verdict = grade.verdict;
  row.points = grade.points;
  row.max_points = grade.max_points;
  row.days_late = grade.late ? grade.late->days : 0;
  row.sandbox_level = grade.environment.sandbox.level;
  row.weak_accepted = grade.environment.sandbox.weak_accepted;
  const Finding* worst = nullptr;
  std::string where;
  const auto take = [&](const std::vector<Finding>& findings, const std::string& place) {
    for (const Finding& finding : findings) {
      row.kinds.push_back(finding.kind);
      if (worst != nullptr && finding.kind >= worst->kind) continue;
      worst = &finding;
      where = place;
    }
  };
  for (const LabGrade& lab : grade.labs) {
    row.labs.push_back({lab.verdict, lab.points, lab.max_points});
    take(lab.result.findings, lab.result.lab);
    for (const ScoredItem& item : lab.items) take(item.result.findings, item.result.scenario);
  }
  std::ranges::sort(row.kinds);
  const auto repeated = std::ranges::unique(row.kinds);
  row.kinds.erase(repeated.begin(), repeated.end());
  if (worst != nullptr) row.worst = where + ": " + headline(*worst);
  return row;
}

std::string class_table(const ClassSummary& summary, std::size_t columns, bool colours) {
  std::size_t id_width = 10;
  for (const ClassRow& row : summary.rows) id_width = std::max(id_width, width(row.id));
  id_width = std::min<std::size_t>(id_width, 28);
  std::string out = fitted("submission", id_width);
  for (const std::string& lab : summary.labs) out += fmt::format("  {:>14}", lab);
  out += fmt::format("  {:>10}  {:<12}  {}\n", "points", "verdict", "first finding");
  for (const ClassRow& row : summary.rows) {
    std::string line = fitted(row.id, id_width);
    for (std::size_t i = 0; i < summary.labs.size(); ++i) {
      const std::string cell =
          i < row.labs.size() ? row.labs[i].points.text() + " / " + row.labs[i].max_points.text() : "-";
      line += fmt::format("  {:>14}", cell);
    }
    line += fmt::format("  {:>10}  ", row.error.empty() ? row.points.text() : "-");
    const std::string verdict = fmt::format("{:<12}", verdict_word(row));
    const std::size_t used = width(line) + verdict.size() + 2;
    const char* colour = !row.error.empty()                     ? "\033[33m"
                         : row.verdict == Verdict::passed       ? "\033[32m"
                         : row.verdict == Verdict::inconclusive ? "\033[33m"
                                                                : "\033[31m";
    line += colours ? colour + verdict + "\033[0m" : verdict;
    const std::string_view why = row.error.empty() ? row.worst : row.error;
    if (columns > used + 12 && !why.empty())
      line +=
          "  " + std::string(width(why) <= columns - used ? std::string(why) : fitted(why, columns - used));
    out += line + "\n";
  }
  const std::int64_t ungraded = ungraded_count(summary);
  out += fmt::format("{} submissions, mean {} of {} points", summary.rows.size(), mean_points(summary).text(),
                     summary.rows.empty()
                         ? "0"
                         : std::ranges::max(summary.rows, {}, &ClassRow::max_points).max_points.text());
  out += ungraded == 0 ? "\n" : fmt::format("; {} ungraded\n", ungraded);
  return out;
}

std::string class_csv(const ClassSummary& summary) {
  std::string out = "submission,points,max_points,verdict,days_late";
  for (const std::string& lab : summary.labs) out += "," + csv_cell(lab) + "," + csv_cell(lab + "_max");
  out += ",findings,sandbox,weak_accepted,error\r\n";
  for (const ClassRow& row : summary.rows) {
    // An ungraded submission has empty cells: a zero would look like a grade.
    const bool graded = row.error.empty();
    out += csv_cell(row.id) + ',' + (graded ? row.points.text() : "") + ',' +
           (graded ? row.max_points.text() : "") + ',' + verdict_word(row) + ',' +
           (graded ? std::to_string(row.days_late) : "");
    for (std::size_t i = 0; i < summary.labs.size(); ++i)
      out +=
          i < row.labs.size() ? ',' + row.labs[i].points.text() + ',' + row.labs[i].max_points.text() : ",,";
    std::string kinds;
    for (const FindingKind kind : row.kinds) kinds += (kinds.empty() ? "" : " ") + std::string(to_text(kind));
    out += ',' + csv_cell(kinds) + ',' + (graded ? std::string(to_text(row.sandbox_level)) : "") + ',' +
           (graded ? row.weak_accepted ? "yes" : "no" : "") + ',' + csv_cell(row.error) + "\r\n";
  }
  return out;
}

std::string class_json(const ClassSummary& summary) {
  ordered_json root;
  root["format_version"] = 1;
  root["course"] = summary.course;
  root["seed"] = summary.seed;
  root["labs"] = summary.labs;
  std::map<std::string, int> kinds;
  ordered_json rows = ordered_json::array();
  for (const ClassRow& row : summary.rows) {
    ordered_json entry{{"submission", row.id},
                       {"sha256", row.sha256},
                       {"status", row.error.empty() ? "graded" : "ungraded"}};
    if (!row.error.empty()) {
      entry["error"] = row.error;
      rows.push_back(std::move(entry));
      continue;
    }
    entry["verdict"] = to_text(row.verdict);
    entry["points"] = number(row.points);
    entry["max_points"] = number(row.max_points);
    entry["days_late"] = row.days_late;
    entry["sandbox"] = {{"level", to_text(row.sandbox_level)}, {"weak_accepted", row.weak_accepted}};
    for (std::size_t i = 0; i < row.labs.size(); ++i)
      entry["labs"][summary.labs[i]] = ordered_json{{"verdict", to_text(row.labs[i].verdict)},
                                                    {"points", number(row.labs[i].points)},
                                                    {"max_points", number(row.labs[i].max_points)}};
    entry["findings"] = ordered_json::array();
    for (const FindingKind kind : row.kinds) {
      entry["findings"].push_back(to_text(kind));
      ++kinds[std::string(to_text(kind))];
    }
    rows.push_back(std::move(entry));
  }
  root["graded"] = static_cast<std::int64_t>(summary.rows.size()) - ungraded_count(summary);
  root["ungraded"] = ungraded_count(summary);
  root["mean_points"] = number(mean_points(summary));
  // How many submissions have each kind of finding: what to talk about in class.
  root["findings"] = kinds;
  root["submissions"] = std::move(rows);
  return root.dump(2) + "\n";
}

}  // namespace racecourse
