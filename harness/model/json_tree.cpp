#include "model/json_tree.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace racecourse {

namespace {

using nlohmann::json;

constexpr std::size_t kShownBytesMax = 80;

// Shortened for one line of a message; cuts between characters.
std::string clipped(std::string text) {
  if (text.size() <= kShownBytesMax) return text;
  std::size_t cut = kShownBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut) + "…";
}

// "line 4, column 7" of the character at `offset`, both counted from 1, columns in characters.
std::string place_in(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  std::string_view row = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0.
  if (row.starts_with("\xEF\xBB\xBF")) row.remove_prefix(3);
  const auto column = 1 + std::count_if(row.begin(), row.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
                      });
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// The part of the library's message after `mark`: "syntax error while parsing object - unexpected string
// literal; expected '}'".
std::string_view after(std::string_view mark, std::string_view what) {
  const std::size_t at = what.find(mark);
  return at == std::string_view::npos ? std::string_view{} : what.substr(at + mark.size());
}

// What the parser stumbled over.
struct Stumble {
  std::size_t begin = 0;
  std::string text;
};

// The library counts the bytes it has read; its own copy of the token starts at the last text or number,
// which is not always the token. Words, which it gives up on halfway, are taken whole from the text.
Stumble stumble_in(std::string_view text, std::size_t position, std::string_view token,
                   std::string_view what) {
  constexpr std::string_view kDelimiters = " \t\r\n,:[]{}\"";
  const std::size_t end = std::min(position, text.size());
  const std::string_view unexpected = after(" - unexpected ", what);
  if (unexpected.starts_with("end of input")) return {text.size(), ""};
  if (unexpected.starts_with("'")) return {end - 1, std::string(text.substr(end - 1, 1))};
  const bool is_word = unexpected.find("literal") != std::string_view::npos
                           ? !unexpected.starts_with("string") && !unexpected.starts_with("number")
                           : what.find("invalid literal") != std::string_view::npos;
  if (is_word) {
    // The byte it gave up at may already be the one behind the word.
    const bool is_behind = end > 1 && kDelimiters.find(text[end - 1]) != std::string_view::npos;
    const std::size_t last = is_behind ? end - 2 : end - 1;
    const std::size_t begin = text.find_last_of(kDelimiters, last) + 1;  // npos + 1 is 0.
    return {begin, std::string(text.substr(begin, text.find_first_of(kDelimiters, last) - begin))};
  }
  // In the library's copy a control character is written as <U+000A>, eight bytes for one.
  constexpr std::string_view kEscape = "<U+00";
  std::size_t size = token.size();
  for (std::size_t at = token.find(kEscape); at != std::string_view::npos; at = token.find(kEscape, at + 1))
    size -= std::min<std::size_t>(size, 7);
  return {end - std::min(size, end), std::string(token)};
}

// The library's message in our words. What it calls expected is one of several after a value, where a comma
// is forgotten most often.
std::string syntax_complaint(std::string_view what, std::string_view stumble) {
  std::string_view expected = after("; expected ", what);
  if (expected == "'}'") expected = "',' or '}'";
  if (expected == "']'") expected = "',' or ']'";
  if (expected == "string literal") expected = "a key in double quotes";
  if (expected == "'[', '{', or a literal") expected = "a value";
  if (expected == "end of input") expected = "nothing more";
  const std::string got = clipped(printable(stumble));
  const std::string_view unexpected = after(" - unexpected ", what);
  if (unexpected.starts_with("end of input"))
    return "expected " + std::string(expected) + ", got the end of the file";
  if (!unexpected.empty()) return "expected " + std::string(expected) + ", got " + got;
  if (stumble.starts_with("/") || stumble.starts_with("#"))
    return "expected JSON, which has no comments, got " + got;
  const std::string_view why = after(" - ", what);
  return "expected JSON, got " + got + " (" + printable(why.substr(0, why.find("; last read"))) + ")";
}

// Builds the tree from the parser's events. `stack` holds the open arrays and objects, outermost first; their
// addresses stay valid because only the innermost one ever grows.
class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  TreeBuilder(std::string_view text, json& tree) : text_(text), tree_(tree) {}

  [[nodiscard]] const std::string& complaint() const { return complaint_; }

  bool null() override { return put(nullptr) != nullptr; }
  bool boolean(bool value) override { return put(value) != nullptr; }
  bool number_integer(std::int64_t value) override { return put(value) != nullptr; }
  bool number_unsigned(std::uint64_t value) override { return put(value) != nullptr; }
  bool number_float(double value, const std::string&) override { return put(value) != nullptr; }
  bool string(std::string& value) override { return put(std::move(value)) != nullptr; }
  bool binary(json::binary_t&) override { return false; }  // Only other formats than JSON text have these.

  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    key_ = name;
    if (!stack_.back().value->contains(name)) return true;
    return stop(pointer() + pointer_step(name) + ": expected each key once, got " + shown_text(name) +
                " again");
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const json::exception& exception) override {
    if (!complaint_.empty()) return false;
    const Stumble stumble = stumble_in(text_, position, token, exception.what());
    constexpr int kNumberOverflow = 406;
    return stop(place_in(text_, stumble.begin) + ": " +
                (exception.id == kNumberOverflow ? "expected a number that fits, got " + clipped(token)
                                                 : syntax_complaint(exception.what(), stumble.text)));
  }

 private:
  struct Open {
    json* value;
    std::string step;  // Its own step in the pointer.
  };

  json* put(json value) {
    if (stack_.empty()) return &(tree_ = std::move(value));
    json& parent = *stack_.back().value;
    if (parent.is_array()) return &parent.emplace_back(std::move(value));
    return &(parent[key_] = std::move(value));
  }

  bool open(json value) {
    if (stack_.size() >= kJsonDepthMax)
      return stop(pointer() + ": expected at most " + std::to_string(kJsonDepthMax) + " levels, got more");
    std::string step;
    if (!stack_.empty()) {
      const json& parent = *stack_.back().value;
      step = pointer_step(parent.is_array() ? std::to_string(parent.size()) : key_);
    }
    stack_.push_back({put(std::move(value)), std::move(step)});
    return true;
  }

  bool close() {
    stack_.pop_back();
    return true;
  }

  bool stop(std::string complaint) {
    complaint_ = std::move(complaint);
    return false;
  }

  [[nodiscard]] std::string pointer() const {
    std::string out;
    for (const Open& open : stack_) out += open.step;
    return out;
  }

  std::string_view text_;
  json& tree_;
  std::vector<Open> stack_;
  std::string key_;
  std::string complaint_;
};

}  // namespace

std::string shown_text(std::string_view text) {
  const std::string dumped = json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
  return "\"" + clipped(printable(std::string_view(dumped).substr(1, dumped.size() - 2))) + "\"";
}

std::string pointer_step(std::string_view key) {
  const std::string dumped = json(std::string(key)).dump(-1, ' ', false, json::error_handler_t::replace);
  std::string step = "/";
  for (const char c : std::string_view(dumped).substr(1, dumped.size() - 2)) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step += c;
  }
  return clipped(printable(step));
}

std::string shown_value(const json& value) {
  if (value.is_string()) return shown_text(value.get_ref<const std::string&>());
  if (value.is_object()) return "an object";
  if (value.is_array()) return value.empty() ? "an empty array" : "an array";
  return value.dump();
}

Result<> parse_json(std::string_view text, json& tree) {
  TreeBuilder builder(text, tree);
  if (json::sax_parse(text.begin(), text.end(), &builder)) return {};
  return usage_error(builder.complaint());
}

}  // namespace racecourse
