// source_tokens: C++ source text as the tokens that matter to the text gate (text_gate.hpp).
//
// Total on any bytes, linear in their number. Comments and white space are gone; a literal is one token, raw
// strings included, so what stands in a string or a comment is never taken for code. Digraphs become what
// they mean. A backslash at the end of a line joins it with the next one; one within a token splits the
// token, which the caller knows (text_gate.cpp looks at such files after the preprocessor, where there are
// none). Pure functions; the tokens point into the text.
#pragma once

#include <string_view>
#include <vector>

namespace racecourse {

struct Token {
  enum class Kind { identifier, number, literal, punctuator };
  Kind kind = Kind::punctuator;
  std::string_view text;     // A literal without its quotes and prefix, escapes as they were written.
  int line = 0;              // 1-based, counted in the text; the reader of line markers replaces it.
  bool starts_line = false;  // The first token of its logical line: where a directive may begin.

  [[nodiscard]] bool is(std::string_view spelling) const { return text == spelling && kind != Kind::literal; }
};

// Punctuators are single characters, except "::".
[[nodiscard]] std::vector<Token> tokens_of(std::string_view source);

// Whether `text` begins with a preprocessor's line marker: `# 12 "file" 1 3`.
[[nodiscard]] bool begins_with_marker(std::string_view text);

// Appends the tokens up to the first line that is a marker, and returns where that line begins: the end of
// the text if there is none. Lines of a raw string are no markers, whatever they look like.
std::size_t read_until_marker(std::string_view text, std::vector<Token>& tokens);

}  // namespace racecourse
