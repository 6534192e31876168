#include "report/feedback.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace racecourse {

namespace {

constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kReset = "\033[0m";
constexpr std::size_t kDetailLinesMax = 26;  // A story, what threads have to do with it, and a head.

class Writer {
 public:
  Writer(const Grade& grade, const FeedbackStyle& style) : grade_(grade), style_(style) {}

  std::string text() {
    for (const LabGrade& lab : grade_.labs) write_lab(lab);
    if (grade_.late && grade_.late->days > 0)
      out_ += fmt::format("Handed in late, {} day{} begun after the deadline: {} points deducted.\n",
                          grade_.late->days, grade_.late->days == 1 ? "" : "s", grade_.late->deducted.text());
    if (grade_.labs.size() > 1)
      out_ += fmt::format("{} {} of {} points\n", in(kBold, "Together:"), grade_.points.text(),
                          grade_.max_points.text());
    if (grade_.environment.sandbox.weak_accepted) out_ += weakness_of(grade_.environment.sandbox) + "\n";
    return std::move(out_);
  }
  std::string text_of(std::span<const Finding> findings, std::string_view indent) {
    for (const Finding& finding : findings) write_finding(finding, indent);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string in(std::string_view colour, std::string_view text) const {
    return style_.colours ? fmt::format("{}{}{}", colour, text, kReset) : std::string(text);
  }

  void write_lab(const LabGrade& lab) {
    out_ += fmt::format("{}  {}: {} of {} points\n", in(kBold, lab.result.lab), lab.title, lab.points.text(),
                        lab.max_points.text());
    for (const std::string& note : lab.result.notes) out_ += fmt::format("  note: {}\n", note);
    if (lab.result.is_skeleton)
      out_ += fmt::format(
          "  This is still the skeleton: nothing is implemented yet. Start with the handout, "
          "labs/{}/README.md, then fill "
          "in the first function in {}/ and run the check again.\n",
          lab.result.lab, lab.result.lab);
    if (!lab.result.findings.empty()) {
      for (const Finding& finding : lab.result.findings) write_finding(finding, "  ");
      out_ += fmt::format("  {} scenarios were not run.\n\n", lab.items.size());
      return;
    }
    write_items(lab);
    out_ += '\n';
  }

  void write_items(const LabGrade& lab) {
    int withheld = 0;
    std::string_view hinted;
    for (const ScoredItem& item : lab.items) {
      if (style_.only_public && item.visibility != Visibility::public_) {
        ++withheld;
        continue;
      }
      out_ += fmt::format("  {}  {} [{}]  {} of {}\n", mark(item.result), item.title,
                          to_text(item.result.instrument), item.points.text(), item.max_points.text());
      // An untouched skeleton fails everything in the same way; one sentence above says more than this would.
      if (lab.result.is_skeleton || item.result.findings.empty()) continue;
      for (const Finding& finding : item.result.findings) write_finding(finding, "       ");
      if (!item.hint.empty() && item.hint != hinted)
        out_ += fmt::format("       {} {}\n", in(kDim, "hint:"), item.hint);
      hinted = item.hint;
      if (!item.replay.empty()) out_ += fmt::format("       {} {}\n", in(kDim, "again:"), item.replay);
    }
    if (withheld > 0) out_ += fmt::format("  {} more results are not shown here.\n", withheld);
    if (!lab.result.compiler_output.empty() && style_.only_public) write_warnings(lab.result.compiler_output);
  }

  [[nodiscard]] std::string mark(const ItemResult& item) const {
    switch (item.verdict) {
      case Verdict::passed:
        return in(kGreen, "ok  ");
      case Verdict::failed:
        return in(kRed, "FAIL");
      case Verdict::inconclusive:
        return in(kYellow, "??  ");
      case Verdict::not_run:
        break;
    }
    return in(kYellow, "-   ");
  }

  void write_finding(const Finding& finding, std::string_view indent) {
    // A text of the student's, such as that of an exception, must not look like lines of ours.
    const std::size_t end = std::min(finding.message.find('\n'), finding.message.size());
    out_ +=
        fmt::format("{}{}: {}\n", indent, in(kRed, to_text(finding.kind)), finding.message.substr(0, end));
    if (end < finding.message.size())
      write_lines(std::string_view(finding.message).substr(end + 1), std::string(indent) + "  | ");
    write_lines(finding.detail, std::string(indent) + "  | ");
  }

  void write_warnings(std::string_view output) {
    out_ += "  The compiler says:\n";
    write_lines(output, "  | ");
  }

  void write_lines(std::string_view text, std::string_view indent) {
    std::size_t lines = 0;
    while (!text.empty()) {
      if (++lines > kDetailLinesMax) {
        out_ += fmt::format("{}...\n", indent);
        return;
      }
      const std::size_t end = std::min(text.find('\n'), text.size());
      out_ += fmt::format("{}{}\n", indent, text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  const Grade& grade_;
  const FeedbackStyle& style_;
  std::string out_;
};

}  // namespace

std::string findings_text(std::span<const Finding> findings, std::string_view indent, bool colours) {
  const Grade none;
  const FeedbackStyle style{.colours = colours, .only_public = false};
  return Writer(none, style).text_of(findings, indent);
}

std::string feedback(const Grade& grade, const FeedbackStyle& style) { return Writer(grade, style).text(); }

std::string headline(const Finding& finding) {
  std::string line(to_text(finding.kind));
  for (std::size_t i = 0; i < finding.places.size() && i < 2; ++i) {
    const Place& place = finding.places[i];
    line += fmt::format("{}{}:{}", i == 0 ? " at " : " and ", place.file, place.line);
    if (!place.function.empty()) line += fmt::format(" ({})", place.function);
  }
  return line;
}

}  // namespace racecourse
