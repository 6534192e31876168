// Goal: what is code is seen as code, and what stands in comments and literals is not. Method: small texts,
// and random bytes for which only the promises count: it ends, and every token lies in the text.
#include "build/source_tokens.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace racecourse {

namespace {

std::string joined(std::string_view source) {
  std::string out;
  for (const Token& token : tokens_of(source)) {
    if (token.starts_line && !out.empty()) out += " / ";
    out += token.kind == Token::Kind::literal ? "<" + std::string(token.text) + ">" : std::string(token.text);
    out += ' ';
  }
  return out;
}

}  // namespace

TEST_CASE("comments and white space are gone, lines are kept") {
  CHECK(joined("int a; // asm(\"x\")\n/* __tsan_x\n */ b") == "int a ;  / b ");
  CHECK(joined("a // goes on \\\n asm\nb") == "a  / b ");
  CHECK(tokens_of("a\n/*\n\n*/ b")[1].line == 4);
}

TEST_CASE("a literal is one token, whatever stands in it") {
  CHECK(joined(R"(f("a\"asm(", 'x', '\'', u8"y"))") == R"(f ( <a\"asm(> , <x> , <\'> , <y> ) )");
  CHECK(joined("R\"(a)\" asm") == "<a> asm ");
  CHECK(joined("uR\"-(a)\"\n# 1 \"x\" 1\n)-\" b") == "<a)\"\n# 1 \"x\" 1\n> b ");
  // Not closed: it ends with the line, or for a raw string with the text.
  CHECK(joined("\"abc\nasm") == "<abc>  / asm ");
  CHECK(joined("R\"(abc\nasm") == "<abc\nasm> ");
}

TEST_CASE("numbers swallow what belongs to them") {
  CHECK(joined("1'000'000 0x1p-3 1.5e+7f .5 a.b") == "1'000'000 0x1p-3 1.5e+7f .5 a . b ");
}

TEST_CASE("digraphs mean what they mean, except before a scope") {
  CHECK(joined("%:define A <:<:x:>:>") == "# define A [ [ x ] ] ");
  CHECK(joined("std::vector<::mine> v") == "std :: vector < :: mine > v ");
}

TEST_CASE("joined lines are one line") {
  const auto tokens = tokens_of("#define A \\\n b\nc");
  REQUIRE(tokens.size() == 5);
  CHECK_FALSE(tokens[3].starts_line);
  CHECK(tokens[3].line == 2);
  CHECK(tokens[4].starts_line);
}

TEST_CASE("a line marker ends a piece, but not within a raw string") {
  const std::string text = "a\nR\"(\n# 1 \"x\"\n)\" b\n  # 2 \"y\"\n# 3 \"z\" 1\nc";
  std::vector<Token> tokens;
  const std::size_t end = read_until_marker(text, tokens);
  CHECK(text.substr(end) == "# 3 \"z\" 1\nc");
}

TEST_CASE("any bytes at all give tokens that lie in the text") {
  std::mt19937 random(20);
  const std::string alphabet = "\"'\\\n\t /*R()#<:%>abe019.u8\xC3\xA9\0";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    for (const Token& token : tokens_of(text)) {
      const bool inside =
          token.text.empty() || (token.text.data() >= text.data() &&
                                 token.text.data() + token.text.size() <= text.data() + text.size());
      // A digraph's meaning is no part of the text.
      CHECK((inside || token.text.size() == 1));
    }
  }
}

}  // namespace racecourse
