#include "report/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace racecourse {

namespace {

// The instruments that some item of the lab uses, in their own order.
std::vector<Instrument> used_instruments(const std::vector<MatrixRow>& rows) {
  std::set<Instrument> used;
  for (const MatrixRow& row : rows)
    for (const ItemResult& item : row.result->items) used.insert(item.instrument);
  return {used.begin(), used.end()};
}

std::string kinds(const std::vector<Finding>& findings) {
  std::set<FindingKind> found;
  for (const Finding& finding : findings) found.insert(finding.kind);
  std::string text;
  for (const FindingKind kind : found) text += (text.empty() ? "" : " ") + std::string(to_text(kind));
  return text;
}

// What one instrument found: "." for nothing, the kinds of finding otherwise, with how many scenarios failed.
std::string cell(const LabResult& result, Instrument instrument) {
  std::vector<Finding> findings;
  int failed = 0;
  int passed = 0;
  for (const ItemResult& item : result.items) {
    if (item.instrument != instrument) continue;
    passed += item.verdict == Verdict::passed ? 1 : 0;
    if (item.verdict != Verdict::failed) continue;
    ++failed;
    findings.insert(findings.end(), item.findings.begin(), item.findings.end());
  }
  if (failed == 0) return passed > 0 ? "." : "-";
  return fmt::format("{} ({})", kinds(findings), failed);
}

// The scenarios that failed under an instrument, for the docs.
std::string failing(const LabResult& result, Instrument instrument) {
  std::string text;
  for (const ItemResult& item : result.items) {
    if (item.instrument != instrument || item.verdict != Verdict::failed) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "<br>", item.scenario, kinds(item.findings));
  }
  if (!text.empty()) return text;
  return cell(result, instrument);
}

}  // namespace

std::string matrix_text(const std::string& lab, const std::vector<MatrixRow>& rows, bool colours) {
  const std::vector<Instrument> instruments = used_instruments(rows);
  std::size_t name_width = 12;
  for (const MatrixRow& row : rows) name_width = std::max(name_width, row.name.size());
  constexpr std::size_t kCellWidth = 30;
  std::string out = fmt::format("{}\n{:<9}  {:<{}}", lab, "role", "specimen", name_width);
  for (const Instrument instrument : instruments)
    out += fmt::format("  {:<{}}", to_text(instrument), kCellWidth);
  out += "as labelled\n";
  for (const MatrixRow& row : rows) {
    out += fmt::format("{:<9}  {:<{}}", row.role, row.name, name_width);
    const bool built = row.result->findings.empty();
    for (const Instrument instrument : instruments)
      out += fmt::format("  {:<{}}", built ? cell(*row.result, instrument) : kinds(row.result->findings),
                         kCellWidth);
    const std::string_view verdict = row.as_labelled ? "yes" : "NO";
    out += colours ? fmt::format("{}{}\033[0m\n", row.as_labelled ? "\033[32m" : "\033[31m", verdict)
                   : fmt::format("{}\n", verdict);
  }
  return out;
}

std::string matrix_markdown(const std::string& lab, const std::vector<MatrixRow>& rows) {
  const std::vector<Instrument> instruments = used_instruments(rows);
  std::string out = fmt::format("## {}\n\n| specimen | what it is |", lab);
  for (const Instrument instrument : instruments) out += fmt::format(" {} |", to_text(instrument));
  out += "\n|---|---|";
  for (std::size_t i = 0; i < instruments.size(); ++i) out += "---|";
  out += '\n';
  for (const MatrixRow& row : rows) {
    const bool named = row.role == "right" || row.role == "wrong";
    out += fmt::format("| {} | {} |", named ? row.role + "/" + row.name : row.name, row.about);
    const bool built = row.result->findings.empty();
    for (const Instrument instrument : instruments)
      out += fmt::format(" {} |",
                         built ? failing(*row.result, instrument) : "build: " + kinds(row.result->findings));
    out += '\n';
  }
  return out + '\n';
}

}  // namespace racecourse
