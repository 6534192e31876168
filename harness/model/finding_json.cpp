#include "model/finding_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace racecourse {

using nlohmann::ordered_json;

namespace {

constexpr std::int64_t kIntMax = std::numeric_limits<int>::max();
constexpr double kCountMax = 9007199254740992.0;  // 2^53, the largest count a double holds exactly.

ordered_json json_of(const Place& place) {
  return {{"file", printable(place.file)}, {"line", place.line}, {"function", printable(place.function)}};
}

Finding finding_at(const JsonCursor& at) {
  at.object({"kind", "message", "places", "detail", "schedule"});
  Finding finding;
  finding.kind = at.required("kind").term(all_finding_kinds(), "the kind of a finding");
  finding.message = at.required("message").text();
  for (const JsonCursor& element : at.required("places").elements()) {
    element.object({"file", "line", "function"});
    Place place;
    place.file = element.required("file").text();
    place.line = static_cast<int>(element.required("line").integer(0, kIntMax));
    place.function = element.required("function").text();
    finding.places.push_back(std::move(place));
  }
  if (const auto v = at.optional("detail")) finding.detail = v->text();
  if (const auto v = at.optional("schedule")) finding.schedule = v->text();
  return finding;
}

}  // namespace

ordered_json json_of_hundredths(std::int64_t hundredths) {
  if (hundredths % 100 == 0) return hundredths / 100;
  // The nearest double of a decimal with two places prints as that decimal again.
  return static_cast<double>(hundredths) / 100.0;
}

ordered_json json_of(Points points) { return json_of_hundredths(points.hundredths()); }

ordered_json json_of(const std::vector<Finding>& findings) {
  ordered_json out = ordered_json::array();
  for (const Finding& finding : findings) {
    ordered_json places = ordered_json::array();
    for (const Place& place : finding.places) places.push_back(json_of(place));
    ordered_json each = {{"kind", to_text(finding.kind)},
                         {"message", printable(finding.message)},
                         {"places", std::move(places)}};
    if (!finding.detail.empty()) each["detail"] = printable(finding.detail);
    if (!finding.schedule.empty()) each["schedule"] = printable(finding.schedule);
    out.push_back(std::move(each));
  }
  return out;
}

ordered_json json_of(const Evidence& evidence) {
  return {{"runs", evidence.runs}, {"executions", evidence.executions}, {"exhaustive", evidence.exhaustive}};
}

ordered_json json_of_texts(const std::vector<std::string>& texts) {
  ordered_json out = ordered_json::array();
  for (const std::string& text : texts) out.push_back(printable(text));
  return out;
}

ordered_json json_of_share(std::uint64_t count, std::uint64_t units_each) {
  if (count % units_each == 0) return count / units_each;
  return static_cast<double>(count) / static_cast<double>(units_each);
}

std::string document_text(const ordered_json& document) {
  // Everything went through printable(), so `replace` is a second net: dump() must not throw.
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::vector<Finding> findings_at(const JsonCursor& at) {
  std::vector<Finding> findings;
  for (const JsonCursor& element : at.elements()) findings.push_back(finding_at(element));
  return findings;
}

Evidence evidence_at(const JsonCursor& at) {
  at.object({"runs", "executions", "exhaustive"});
  Evidence evidence;
  evidence.runs = static_cast<int>(at.required("runs").integer(0, kIntMax));
  evidence.executions = at.required("executions").natural();
  evidence.exhaustive = at.required("exhaustive").boolean();
  return evidence;
}

std::vector<std::string> texts_at(const JsonCursor& at) {
  std::vector<std::string> texts;
  for (const JsonCursor& element : at.elements()) texts.push_back(element.text());
  return texts;
}

Verdict verdict_at(const JsonCursor& at) { return at.term(all_verdicts()); }

Instrument instrument_at(const JsonCursor& at) { return at.term(all_instruments()); }

std::uint64_t count_at(const JsonCursor& at, std::uint64_t units_each) {
  const double count = at.number() * static_cast<double>(units_each);
  if (count >= 0 && count <= kCountMax) return static_cast<std::uint64_t>(std::llround(count));
  at.complain("a number ≥ 0");
  return 0;
}

}  // namespace racecourse
