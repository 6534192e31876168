#include "report/gradescope.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/text.hpp"

namespace racecourse {

namespace {

using nlohmann::ordered_json;

std::string_view gradescope_visibility(Visibility visibility) {
  switch (visibility) {
    case Visibility::public_:
      return "visible";
    case Visibility::after_due:
      return "after_due_date";
    case Visibility::hidden:
      return "hidden";
  }
  return "hidden";
}

// A whole score stands as a whole number, so that Gradescope shows 7 and not 7.0.
ordered_json json_of(Points points) {
  if (points.hundredths() % 100 == 0) return points.hundredths() / 100;
  return points.value();
}

std::string indented(std::string_view text) {
  std::string out;
  for_each_line(trim(text), [&](std::string_view line) { out += "    " + std::string(line) + "\n"; });
  return out;
}

std::string text_of(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += "\n" + std::string(to_text(finding.kind)) + ": " + finding.message + "\n";
    for (const Place& place : finding.places) {
      out += "  at " + place.file;
      if (place.line > 0) out += ":" + std::to_string(place.line);
      if (!place.function.empty()) out += " in " + place.function;
      out += "\n";
    }
    out += indented(finding.detail);
  }
  return out;
}

// The text may be cut after this: what a student needs first stands first, and the replay command is short.
std::string text_of(const ScoredItem& item) {
  std::string out = item.reason + "\n";
  if (item.result.verdict == Verdict::inconclusive)
    out += "This machine could not decide it, so it costs no points.\n";
  if (item.result.verdict == Verdict::failed && !item.hint.empty()) out += "Hint: " + item.hint + "\n";
  if (!item.replay.empty()) out += "To see it again: " + item.replay + "\n";
  return out + text_of(item.result.findings);
}

// Only these two words exist there. What could not be decided or was not run keeps its points, and passes
// with them, unless the build already failed.
std::string_view status_of(const ScoredItem& item, const LabGrade& lab) {
  switch (item.result.verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::inconclusive:
      return "passed";
    case Verdict::not_run:
      break;
  }
  return lab.result.findings.empty() && item.points >= item.max_points ? "passed" : "failed";
}

std::string plain(const std::string& text, std::size_t bytes_max) {
  return shorten(printable(trim(text)), bytes_max);
}

std::string lab_title(const LabGrade& lab) { return lab.title.empty() ? lab.result.lab : lab.title; }

std::string top_text(const Grade& grade, std::size_t bytes_max) {
  std::string out = grade.points.text() + " of " + grade.max_points.text() + " points";
  if (grade.late && grade.late->deducted > Points{})
    out += ", after " + grade.late->deducted.text() + " deducted for handing in " +
           std::to_string(grade.late->days) + (grade.late->days == 1 ? " day late" : " days late");
  out += ".\n";
  if (grade.environment.sandbox.weak_accepted) out += weakness_of(grade.environment.sandbox) + "\n";
  for (const LabGrade& lab : grade.labs) {
    std::string of_lab = text_of(lab.result.findings);
    for (const std::string& note : lab.result.notes) of_lab += "\nnote: " + note + "\n";
    if (!lab.result.findings.empty() && !lab.result.compiler_output.empty())
      of_lab += "\nThe compiler said:\n" + indented(lab.result.compiler_output);
    if (!of_lab.empty()) out += "\n" + lab_title(lab) + "\n" + plain(of_lab, bytes_max) + "\n";
  }
  return plain(out, bytes_max);
}

ordered_json test_of(const ScoredItem& item, const LabGrade& lab, const std::string& number,
                     std::size_t bytes_max) {
  const std::string title = item.title.empty() ? item.result.scenario : item.title;
  return {{"number", number},
          {"name",
           plain(lab_title(lab) + ": " + title + " (" + std::string(to_text(item.result.instrument)) + ")",
                 bytes_max)},
          {"score", json_of(item.points)},
          {"max_score", json_of(item.max_points)},
          {"status", status_of(item, lab)},
          {"visibility", gradescope_visibility(item.visibility)},
          {"output", plain(text_of(item), bytes_max)},
          {"tags", {printable(lab.result.lab), std::string(to_text(item.result.instrument))}},
          {"extra_data",
           {{"scenario", printable(item.result.scenario)}, {"verdict", to_text(item.result.verdict)}}}};
}

std::string results_within(const Grade& grade, std::size_t bytes_max) {
  ordered_json tests = ordered_json::array();
  ordered_json labs = ordered_json::object();
  for (std::size_t i = 0; i < grade.labs.size(); ++i) {
    const LabGrade& lab = grade.labs[i];
    labs[printable(lab.result.lab)] = printable(lab.result.lab_sha256);
    for (std::size_t j = 0; j < lab.items.size(); ++j)
      tests.push_back(
          test_of(lab.items[j], lab, std::to_string(i + 1) + "." + std::to_string(j + 1), bytes_max));
  }
  const ordered_json out = {{"score", json_of(grade.points)},
                            {"visibility", "visible"},
                            {"stdout_visibility", "hidden"},
                            {"output_format", "text"},
                            {"test_output_format", "text"},
                            {"test_name_format", "text"},
                            {"output", top_text(grade, bytes_max)},
                            {"extra_data",
                             {{"submission_sha256", printable(grade.submission_sha256)},
                              {"course", printable(grade.course)},
                              {"seed", grade.seed},
                              {"sandbox", to_text(grade.environment.sandbox.level)},
                              {"weak_accepted", grade.environment.sandbox.weak_accepted},
                              {"labs", std::move(labs)}}},
                            {"tests", std::move(tests)}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string gradescope_results(const Grade& grade) {
  constexpr std::size_t kMarkBytes = 100;  // What shorten() puts in for the middle.
  constexpr std::size_t kTextBytesMin = 256;
  std::size_t bytes_max = kGradescopeTextBytesMax - kMarkBytes;
  std::string out = results_within(grade, bytes_max);
  // Every text gets the same smaller share until the file fits: short ones stay whole, long ones lose their
  // middle.
  while (out.size() > kGradescopeFileBytesMax && bytes_max > kTextBytesMin) {
    bytes_max /= 2;
    out = results_within(grade, bytes_max);
  }
  return out;
}

}  // namespace racecourse
