// Golden files: what a codec writes, kept beside the tests and validated by tests/schema. For tests only.
// RACECOURSE_UPDATE_GOLDEN=1 rewrites them; the change is then reviewed like any other.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "base/files.hpp"

namespace racecourse {

inline void check_golden(const fs::path& path, const std::string& text) {
  if (std::getenv("RACECOURSE_UPDATE_GOLDEN") != nullptr) REQUIRE(write_file_atomically(path, text));
  const auto golden = read_file(path);
  REQUIRE_MESSAGE(golden, path.string() << " is missing: run with RACECOURSE_UPDATE_GOLDEN=1");
  CHECK(text == *golden);
}

}  // namespace racecourse
