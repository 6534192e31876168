// read_expectation: a specimen's expect.json → Expectation, checked against the lab it examines.
//
// All errors are usage errors with file and JSON pointer. May be called from any thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.hpp"
#include "model/expectation.hpp"
#include "model/lab.hpp"

namespace racecourse {

enum class SpecimenKind { right, wrong };

[[nodiscard]] Result<Expectation> read_expectation(const std::filesystem::path& path, SpecimenKind kind,
                                                   const Lab& lab);
// The same of text in memory; `name` is what messages call it.
[[nodiscard]] Result<Expectation> parse_expectation(std::string_view text, std::string_view name,
                                                    SpecimenKind kind, const Lab& lab);

}  // namespace racecourse
