// The JSON forms that a store's LabResult and a Grade share. For the codecs of this folder.
//
// Writing never fails and always yields valid UTF-8: every text passes through printable(). Reading complains
// through the cursor (model/json_reader.hpp).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/json_reader.hpp"
#include "model/lab_result.hpp"

namespace racecourse {

// A number with at most two decimals: 7 or 7.5.
[[nodiscard]] nlohmann::ordered_json json_of(Points points);
[[nodiscard]] nlohmann::ordered_json json_of_hundredths(std::int64_t hundredths);
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<Finding>& findings);
[[nodiscard]] nlohmann::ordered_json json_of(const Evidence& evidence);
[[nodiscard]] nlohmann::ordered_json json_of_texts(const std::vector<std::string>& texts);
// A whole number of units where it is one, the exact fraction otherwise. units_each is what one unit holds.
[[nodiscard]] nlohmann::ordered_json json_of_share(std::uint64_t count, std::uint64_t units_each);

// Indented by two, ending with a newline.
[[nodiscard]] std::string document_text(const nlohmann::ordered_json& document);

[[nodiscard]] std::vector<Finding> findings_at(const JsonCursor& at);
[[nodiscard]] Evidence evidence_at(const JsonCursor& at);
[[nodiscard]] std::vector<std::string> texts_at(const JsonCursor& at);
[[nodiscard]] Verdict verdict_at(const JsonCursor& at);
[[nodiscard]] Instrument instrument_at(const JsonCursor& at);
// The inverse of json_of_share.
[[nodiscard]] std::uint64_t count_at(const JsonCursor& at, std::uint64_t units_each);

}  // namespace racecourse
