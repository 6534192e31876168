// parse_json: bytes into a JSON tree, with errors that say where in the text they are.
//
// Stricter than the library alone: no key twice in one object, no comments, at most kJsonDepthMax levels. A
// byte order mark is allowed, because editors on Windows leave one. Throws nothing. May be called from any
// thread. For the codecs of this folder; everybody else uses those.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace racecourse {

inline constexpr int kJsonDepthMax = 64;

// On error: "<place>: expected …, got …", a usage error without the document's name. The place is a line and
// column for a syntax error, a JSON pointer for a repeated key.
[[nodiscard]] Result<> parse_json(std::string_view text, nlohmann::json& tree);

// One step of a JSON pointer, '/' in front, escaped as RFC 6901 says and fit for one line of a message.
[[nodiscard]] std::string pointer_step(std::string_view key);

// Text in quotes, escaped as in JSON and shortened to one line of a message.
[[nodiscard]] std::string shown_text(std::string_view text);

// How a message shows a value: text in quotes and shortened, "an object" or "an array" without its content.
[[nodiscard]] std::string shown_value(const nlohmann::json& value);

}  // namespace racecourse
