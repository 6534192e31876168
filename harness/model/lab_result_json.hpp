// LabResult ↔ JSON: what the store keeps of one lab of one submission.
//
// parse_lab_result(lab_result_text(r)) is r again, exactly, as long as r's texts are printable
// (base/text.hpp), which is what every stage hands on; other bytes are made visible on the way. May be called
// from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/lab_result.hpp"

namespace racecourse {

[[nodiscard]] std::string lab_result_text(const LabResult& result);

// Of another format version, of a broken or of a shortened file: an error. The store takes every error as a
// miss.
[[nodiscard]] Result<LabResult> parse_lab_result(std::string_view text, std::string_view name);

}  // namespace racecourse
