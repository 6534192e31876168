#include "model/lab_result_json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.hpp"
#include "base/text.hpp"
#include "model/finding_json.hpp"
#include "model/json_reader.hpp"

namespace racecourse {

namespace {

using nlohmann::ordered_json;
using std::chrono::microseconds;

// JSON has no infinity, which an interval's end may well be: null stands for it.
ordered_json json_of_end(double number) {
  RC_CHECK(!std::isnan(number), "a ratio and its interval are numbers");
  return std::isinf(number) ? ordered_json(nullptr) : ordered_json(number);
}

double end_at(const JsonCursor& at) {
  return at.is_null() ? std::numeric_limits<double>::infinity() : at.number();
}

ordered_json json_of(const ItemTimings& timings) {
  ordered_json out = {{"wall_us", timings.wall.count()},
                      {"cpu_us", timings.cpu.count()},
                      {"memory_peak_bytes", timings.memory_peak_bytes}};
  if (timings.ratio) out["ratio"] = json_of_end(*timings.ratio);
  out["ratio_low"] = json_of_end(timings.ratio_low);
  out["ratio_high"] = json_of_end(timings.ratio_high);
  return out;
}

microseconds microseconds_at(const JsonCursor& at) {
  return microseconds(at.integer(0, std::numeric_limits<std::int64_t>::max()));
}

ItemTimings timings_at(const JsonCursor& at) {
  at.object({"wall_us", "cpu_us", "memory_peak_bytes", "ratio", "ratio_low", "ratio_high"});
  ItemTimings timings;
  timings.wall = microseconds_at(at.required("wall_us"));
  timings.cpu = microseconds_at(at.required("cpu_us"));
  timings.memory_peak_bytes = at.required("memory_peak_bytes").natural();
  if (const auto v = at.optional("ratio")) timings.ratio = end_at(*v);
  timings.ratio_low = end_at(at.required("ratio_low"));
  timings.ratio_high = end_at(at.required("ratio_high"));
  return timings;
}

ItemResult item_result_at(const JsonCursor& at) {
  at.object({"scenario", "instrument", "verdict", "findings", "evidence", "timings"});
  ItemResult item;
  item.scenario = at.required("scenario").text();
  item.instrument = instrument_at(at.required("instrument"));
  item.verdict = verdict_at(at.required("verdict"));
  item.findings = findings_at(at.required("findings"));
  item.evidence = evidence_at(at.required("evidence"));
  item.timings = timings_at(at.required("timings"));
  return item;
}

}  // namespace

std::string lab_result_text(const LabResult& result) {
  ordered_json items = ordered_json::array();
  for (const ItemResult& item : result.items)
    items.push_back({{"scenario", printable(item.scenario)},
                     {"instrument", to_text(item.instrument)},
                     {"verdict", to_text(item.verdict)},
                     {"findings", json_of(item.findings)},
                     {"evidence", json_of(item.evidence)},
                     {"timings", json_of(item.timings)}});
  return document_text({{"format_version", 1},
                        {"lab", printable(result.lab)},
                        {"lab_sha256", printable(result.lab_sha256)},
                        {"files_sha256", printable(result.files_sha256)},
                        {"is_skeleton", result.is_skeleton},
                        {"notes", json_of_texts(result.notes)},
                        {"findings", json_of(result.findings)},
                        {"items", std::move(items)},
                        {"compiler_output", printable(result.compiler_output)},
                        {"build_wall_us", result.build_wall.count()}});
}

Result<LabResult> parse_lab_result(std::string_view text, std::string_view name) {
  RC_ASSIGN(const JsonDocument document, JsonDocument::parse(text, name));
  const JsonCursor root = document.root();
  root.versioned_object({"format_version", "lab", "lab_sha256", "files_sha256", "is_skeleton", "notes",
                         "findings", "items", "compiler_output", "build_wall_us"});
  LabResult result;
  result.lab = root.required("lab").text();
  result.lab_sha256 = root.required("lab_sha256").text();
  result.files_sha256 = root.required("files_sha256").text();
  result.is_skeleton = root.required("is_skeleton").boolean();
  result.notes = texts_at(root.required("notes"));
  result.findings = findings_at(root.required("findings"));
  for (const JsonCursor& element : root.required("items").elements())
    result.items.push_back(item_result_at(element));
  result.compiler_output = root.required("compiler_output").text();
  result.build_wall = microseconds_at(root.required("build_wall_us"));
  RC_TRY(document.status());
  return result;
}

}  // namespace racecourse
