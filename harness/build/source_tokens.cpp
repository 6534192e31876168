#include "build/source_tokens.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace racecourse {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Bytes above 0x7F belong to identifiers in UTF-8.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view source, std::vector<Token>& tokens) : source_(source), tokens_(tokens) {}

  void read_all() {
    while (skip_to_token()) read_token();
  }

  std::size_t read_until_marker() {
    while (skip_to_token()) {
      const bool in_first_column = at_ == 0 || source_[at_ - 1] == '\n';
      if (in_first_column && begins_with_marker(source_.substr(at_))) return at_;
      read_token();
    }
    return source_.size();
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool ended() const { return at_ >= source_.size(); }
  [[nodiscard]] bool has(std::string_view text) const { return source_.substr(at_).starts_with(text); }

  void step() {
    if (source_[at_] == '\n') ++line_;
    ++at_;
  }

  // The bytes of a joined line end at `at_`, or 0.
  [[nodiscard]] std::size_t splice() const {
    if (peek() != '\\') return 0;
    std::size_t length = 1;
    while (is_blank(peek(length))) ++length;
    return peek(length) == '\n' ? length + 1 : 0;
  }

  void skip_line_comment() {
    while (!ended() && peek() != '\n') {
      if (const std::size_t joined = splice()) {
        for (std::size_t i = 0; i < joined; ++i) step();
      } else {
        step();
      }
    }
  }

  void skip_block_comment() {
    at_ += 2;
    while (!ended() && !has("*/")) step();
    at_ = std::min(at_ + 2, source_.size());
  }

  bool skip_to_token() {
    while (!ended()) {
      if (peek() == '\n') {
        starts_line_ = true;
        step();
      } else if (is_blank(peek())) {
        step();
      } else if (const std::size_t joined = splice()) {
        for (std::size_t i = 0; i < joined; ++i) step();
      } else if (has("//")) {
        skip_line_comment();
      } else if (has("/*")) {
        skip_block_comment();
      } else {
        return true;
      }
    }
    return false;
  }

  void add(Token::Kind kind, std::string_view text, int line) {
    tokens_.push_back({kind, text, line, std::exchange(starts_line_, false)});
  }

  void read_token() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return read_number();
    if (c == '"' || c == '\'') return read_literal();
    if (is_word(c)) return read_word();
    read_punctuator();
  }

  void read_number() {
    const std::size_t begin = at_;
    while (!ended()) {
      const char c = peek();
      const char before = at_ > begin ? source_[at_ - 1] : '\0';
      const bool is_sign =
          (c == '+' || c == '-') && (before == 'e' || before == 'E' || before == 'p' || before == 'P');
      if (!is_word(c) && c != '.' && !is_sign && !(c == '\'' && is_word(peek(1)))) break;
      ++at_;
    }
    add(Token::Kind::number, source_.substr(begin, at_ - begin), line_);
  }

  // A string or a character; one that is not closed ends with its line.
  void read_literal() {
    const char quote = peek();
    const int line = line_;
    const std::size_t begin = ++at_;
    while (!ended() && peek() != quote && peek() != '\n') {
      if (peek() == '\\' && at_ + 1 < source_.size()) step();
      step();
    }
    add(Token::Kind::literal, source_.substr(begin, at_ - begin), line);
    if (peek() == quote) ++at_;
  }

  void read_raw_string() {
    constexpr std::size_t kDelimiterMax = 16;
    const int line = line_;
    const std::size_t open = source_.find('(', at_);
    if (open == std::string_view::npos || open - at_ - 1 > kDelimiterMax) return read_literal();
    const std::string close = ")" + std::string(source_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const std::size_t found = source_.find(close, open);
    const std::size_t end = std::min(found, source_.size());
    add(Token::Kind::literal, source_.substr(open + 1, end - open - 1), line);
    const std::size_t after = found == std::string_view::npos ? end : end + close.size();
    while (at_ < after) step();
  }

  void read_word() {
    const std::size_t begin = at_;
    while (!ended() && is_word(peek())) ++at_;
    const std::string_view word = source_.substr(begin, at_ - begin);
    const bool before_quote = peek() == '"' || peek() == '\'';
    if (peek() == '"' && (word == "R" || word == "u8R" || word == "uR" || word == "UR" || word == "LR"))
      return read_raw_string();
    if (before_quote && (word == "u8" || word == "u" || word == "U" || word == "L")) return read_literal();
    add(Token::Kind::identifier, word, line_);
  }

  void read_punctuator() {
    static constexpr auto kDigraphs = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"<:", "["}, {":>", "]"}, {"<%", "{"}, {"%>", "}"}, {"%:", "#"}});
    // "<::" begins a digraph only before ':' or '>'.
    const bool is_template = has("<::") && peek(3) != ':' && peek(3) != '>';
    for (const auto& [digraph, meaning] : kDigraphs) {
      if (!has(digraph) || is_template) continue;
      at_ += 2;
      return add(Token::Kind::punctuator, meaning, line_);
    }
    const std::size_t length = has("::") ? 2 : 1;
    add(Token::Kind::punctuator, source_.substr(at_, length), line_);
    at_ += length;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool starts_line_ = true;
  std::vector<Token>& tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) {
  std::vector<Token> tokens;
  Lexer(source, tokens).read_all();
  return tokens;
}

bool begins_with_marker(std::string_view text) {
  return text.size() > 2 && text.starts_with("# ") && is_digit(text[2]);
}

std::size_t read_until_marker(std::string_view text, std::vector<Token>& tokens) {
  return Lexer(text, tokens).read_until_marker();
}

}  // namespace racecourse
