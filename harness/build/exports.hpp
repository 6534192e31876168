// What a submission's shared object must offer, and whether it does. Pure but for reading the object.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace racecourse {

// A linker version script under which only `exports` (demangled C++ declarations) are visible outside.
[[nodiscard]] std::string version_script(const std::vector<std::string>& exports);

// The symbols a linker calls undefined in its output, as bfd, gold, lld and mold say it.
[[nodiscard]] std::set<std::string> undefined_symbols(std::string_view output);

// Those of `exports` that the shared object does not define. Errors (environment): the object cannot be read.
[[nodiscard]] Result<std::set<std::string>> missing_exports(const std::filesystem::path& object,
                                                            const std::vector<std::string>& exports);

}  // namespace racecourse
