#include "model/lab_result_json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/sample_grade.hpp"

namespace racecourse {

namespace {

using nlohmann::json;

LabResult sample_result() {
  LabGrade lab = sample_lab();
  lab.result.is_skeleton = true;
  lab.result.findings = sample_broken_lab().result.findings;
  for (const ScoredItem& item : lab.items) lab.result.items.push_back(item.result);
  return lab.result;
}

}  // namespace

TEST_CASE("a lab's result survives the way to text and back") {
  const LabResult result = sample_result();
  const auto back = parse_lab_result(lab_result_text(result), "x");
  REQUIRE_MESSAGE(back, back.error().message);
  CHECK((*back == result));
  const auto least = parse_lab_result(lab_result_text(LabResult{}), "x");
  REQUIRE(least);
  CHECK((*least == LabResult{}));
}

// Goal: no measured value changes in the store. Method: the ends of every range, and doubles without a short
// decimal.
TEST_CASE("extreme values survive exactly") {
  LabResult result;
  ItemResult item;
  item.evidence = {std::numeric_limits<int>::max(), std::numeric_limits<std::uint64_t>::max(), true};
  item.timings.wall = std::chrono::microseconds::max();
  item.timings.memory_peak_bytes = std::numeric_limits<std::uint64_t>::max();
  for (const double ratio : {1.0 / 3.0, std::nextafter(1.0, 2.0), 1e-300, 1e300, 0.1 + 0.2,
                             std::numeric_limits<double>::infinity(), 0.0, 2.0}) {
    item.timings.ratio = item.timings.ratio_low = item.timings.ratio_high = ratio;
    result.items.push_back(item);
  }
  const auto back = parse_lab_result(lab_result_text(result), "x");
  REQUIRE(back);
  CHECK((*back == result));
}

TEST_CASE("another version, a broken or a shortened file is an error") {
  const std::string text = lab_result_text(sample_result());
  json document = json::parse(text);
  document["format_version"] = 2;
  document["later"] = true;
  CHECK(parse_lab_result(document.dump(), "x").error().message ==
        "read x: /format_version: expected 1, the only format version this Racecourse reads, got 2");
  document = json::parse(text);
  document["items"][0]["findings"] = {{{"kind", "bad_luck"}, {"message", ""}, {"places", json::array()}}};
  CHECK(parse_lab_result(document.dump(), "x").error().message ==
        "read x: /items/0/findings/0/kind: expected the kind of a finding, got \"bad_luck\"");
  const json whole = json::parse(text);
  for (const auto& [key, value] : whole.items()) {
    json without = whole;
    without.erase(key);
    CAPTURE(key);
    CHECK(parse_lab_result(without.dump(), "x").error().message ==
          "read x: expected the key \"" + key + "\", got none");
  }
  for (std::size_t size = 0; size + 2 < text.size(); size += 17)
    CHECK_FALSE(parse_lab_result(std::string_view(text).substr(0, size), "x"));
}

}  // namespace racecourse
