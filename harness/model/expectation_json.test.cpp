#include "model/expectation_json.hpp"

#include <doctest/doctest.h>

#include "model/decoding_cases.hpp"
#include "model/lab_folder.hpp"

namespace racecourse {

namespace {

Lab queue_lab() {
  const LabFolder folder;
  const auto lab = folder.read(decoding_cases("lab_cases.json").good.front().text);
  REQUIRE(lab);
  return *lab;
}

Result<Expectation> parse(const DecodingCase& each, const Lab& lab) {
  const SpecimenKind kind = each.specimen == "right" ? SpecimenKind::right : SpecimenKind::wrong;
  return parse_expectation(each.text, "expect.json", kind, lab);
}

std::string message_of(const Result<Expectation>& expectation) {
  return expectation ? "no error" : expectation.error().message;
}

}  // namespace

// Goal: every rule of expect.json has an input that breaks only it. Method: the table, whose rows the schema
// must refuse too.
TEST_CASE("bad expect.json are refused with pointer and expectation, good ones are read") {
  const Lab lab = queue_lab();
  const DecodingCases cases = decoding_cases("expect_cases.json");
  for (const DecodingCase& each : cases.good) {
    CAPTURE(each.about);
    CHECK(message_of(parse(each, lab)) == "no error");
  }
  for (const DecodingCase& each : cases.bad) {
    CAPTURE(each.about);
    const auto expectation = parse(each, lab);
    CHECK(message_of(expectation) == "read expect.json: " + each.error);
    if (!expectation) CHECK(expectation.error().kind == ErrorKind::usage);
  }
}

TEST_CASE("every value of expect.json arrives in its place, finding kinds sorted") {
  const auto expectation = parse(decoding_cases("expect_cases.json").good.front(), queue_lab());
  REQUIRE(expectation);
  CHECK(expectation->about == "The head moves without the lock, so two consumers take one item.");
  const std::vector<ExpectedFailure> fails = {
      {"keeps_order", Instrument::races, {FindingKind::data_race}},
      {"keeps_order", Instrument::correctness, {FindingKind::wrong_outcome, FindingKind::crash}}};
  CHECK((expectation->fails == fails));
  const std::vector<ExpectedFailure> may_fail = {{"is_fast", Instrument::speed, {FindingKind::too_slow}}};
  CHECK((expectation->may_fail == may_fail));
  CHECK(expectation->build.empty());
}

TEST_CASE("an expect.json is read from disk") {
  const LabFolder folder;
  const Lab lab = queue_lab();
  folder.put("expect.json", R"({"about": "No file.", "build": ["missing_function", "missing_file"]})");
  const auto expectation = read_expectation(folder.root() / "expect.json", SpecimenKind::wrong, lab);
  REQUIRE(expectation);
  CHECK((expectation->build == std::vector{FindingKind::missing_file, FindingKind::missing_function}));
  CHECK_FALSE(read_expectation(folder.root() / "nowhere.json", SpecimenKind::wrong, lab));
}

}  // namespace racecourse
