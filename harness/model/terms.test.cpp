#include "model/terms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace racecourse {

namespace {

template <class Term>
std::vector<std::string> texts_of(std::span<const Term> all) {
  std::vector<std::string> texts;
  for (const Term term : all) texts.emplace_back(to_text(term));
  return texts;
}

// Each enumerator stands in the table once, in order, with a text of its own that leads back to it.
template <class Term>
void check_round_trip(std::span<const Term> all, Term last, std::optional<Term> (*from)(std::string_view)) {
  REQUIRE(all.size() == static_cast<std::size_t>(last) + 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(static_cast<std::size_t>(all[i]) == i);
    CHECK((from(to_text(all[i])) == all[i]));
  }
  const auto texts = texts_of(all);
  CHECK(std::set<std::string>(texts.begin(), texts.end()).size() == all.size());
  CHECK_FALSE(from(""));
  CHECK_FALSE(from("Passed"));
}

nlohmann::json schema(const std::string& name) {
  std::ifstream stream(SOURCE_DIR "/schemas/" + name + ".schema.json");
  return nlohmann::json::parse(stream);
}

std::vector<std::string> words_at(const nlohmann::json& schema, const char* pointer) {
  return schema.at(nlohmann::json::json_pointer(pointer)).get<std::vector<std::string>>();
}

}  // namespace

TEST_CASE("every term survives the way to text and back") {
  check_round_trip(all_instruments(), Instrument::faults, &instrument_from);
  check_round_trip(all_verdicts(), Verdict::not_run, &verdict_from);
  check_round_trip(all_visibilities(), Visibility::hidden, &visibility_from);
  check_round_trip(all_permissions(), Permission::assembly, &permission_from);
  check_round_trip(all_finding_kinds(), FindingKind::not_reproducible, &finding_kind_from);
  check_round_trip(all_sandbox_levels(), SandboxLevel::s4, &sandbox_level_from);
  check_round_trip(all_probe_answers(), ProbeAnswer::not_applicable, &probe_answer_from);
}

// The schemas repeat the words, because an editor sees nothing else; here they are held to terms.cpp.
TEST_CASE("the schemas know exactly our terms") {
  const auto grade = schema("grade");
  CHECK(words_at(grade, "/$defs/findings/items/properties/kind/enum") == texts_of(all_finding_kinds()));
  CHECK(words_at(grade, "/$defs/instrument/enum") == texts_of(all_instruments()));
  CHECK(words_at(grade, "/$defs/verdict/enum") == texts_of(all_verdicts()));
  CHECK(words_at(grade, "/$defs/scenario/properties/visibility/enum") == texts_of(all_visibilities()));
  CHECK(words_at(schema("lab"), "/$defs/scenario/properties/visibility/enum") ==
        texts_of(all_visibilities()));
  CHECK(words_at(grade, "/properties/environment/properties/sandbox/properties/level/enum") ==
        texts_of(all_sandbox_levels()));
  CHECK(words_at(grade,
                 "/properties/environment/properties/sandbox/properties/probes/additionalProperties/enum") ==
        texts_of(all_probe_answers()));
  CHECK(words_at(schema("lab"), "/properties/min_level/enum") == texts_of(all_sandbox_levels()));
  CHECK(words_at(schema("lab"), "/properties/may_use/items/enum") == texts_of(all_permissions()));
  // An expectation names a finding of the build or of a run; only tampering shows in both.
  const auto expect = schema("expect");
  auto kinds = words_at(expect, "/properties/build/items/enum");
  for (auto& kind : words_at(expect, "/$defs/failures/items/properties/findings/items/enum"))
    if (kind != "tampering") kinds.push_back(kind);
  auto all = texts_of(all_finding_kinds());
  std::sort(kinds.begin(), kinds.end());
  std::sort(all.begin(), all.end());
  CHECK(kinds == all);
}

}  // namespace racecourse
