// Replay token: everything that names one execution of one build, as one line of text.
//
// "rc1-<compiler>-<build id>-<options>-<schedule>". Against another compiler or build the steps mean
// something else, so a token says which it belongs to and a mismatch can be told from a finding that is gone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "explore.hpp"
#include "schedule.hpp"

namespace racecourse::schedules {

struct Token {
  std::string compiler;  // "gcc12"
  std::string
      build;  // The first 12 hexadecimal digits of the build ids of the world's modules, hashed together.
  MemoryModel memory_model = MemoryModel::sequential;
  Schedule schedule;

  friend bool operator==(const Token&, const Token&) = default;
};

[[nodiscard]] std::string to_text(const Token& token);
[[nodiscard]] std::optional<Token> token_from(std::string_view text);

// The compiler that built this runtime and the build of the loaded modules of the world and of the driver.
[[nodiscard]] Token token_of_this_build(const std::vector<std::string_view>& world_modules);

}  // namespace racecourse::schedules
