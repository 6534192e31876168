// The tables of testdata/*_cases.json: good and bad inputs of a decoder, shared with
// tests/schema/check_cases.py, which holds the JSON Schemas to the same tables. For tests only; throws on a
// table that is itself broken.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace racecourse {

struct DecodingCase {
  std::string about;
  std::string text;
  std::string error;     // Of a bad one: all that follows "read <name>: ".
  std::string specimen;  // expect_cases.json only: "right" or, by default, "wrong".
};

struct DecodingCases {
  std::vector<DecodingCase> good;
  std::vector<DecodingCase> bad;
};

inline DecodingCases decoding_cases(const std::string& file) {
  using nlohmann::json;
  std::ifstream stream(TESTDATA_DIR "/" + file);
  const json table = json::parse(stream);
  const auto read = [&](const json& row) {
    json document = table.at("base");
    const json set = row.value("set", json::object());
    for (const auto& [pointer, value] : set.items()) document[json::json_pointer(pointer)] = value;
    const json remove = row.value("remove", json::array());
    for (const json& pointer : remove) {
      const json::json_pointer at(pointer.get<std::string>());
      document.at(at.parent_pointer()).erase(at.back());
    }
    const std::string text = row.contains("text") ? row.at("text").get<std::string>() : document.dump();
    return DecodingCase{row.at("about"), text, row.value("error", ""), row.value("specimen", "wrong")};
  };
  DecodingCases cases;
  for (const json& row : table.at("good")) cases.good.push_back(read(row));
  for (const json& row : table.at("bad")) cases.bad.push_back(read(row));
  return cases;
}

}  // namespace racecourse
