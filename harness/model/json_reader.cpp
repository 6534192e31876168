#include "model/json_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.hpp"
#include "model/json_tree.hpp"
#include "model/nearest_name.hpp"

namespace racecourse {

using nlohmann::json;

namespace {

constexpr double kExactMax = 9007199254740992.0;  // 2^53: every whole double up to here is exact.

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string range_text(std::string_view what, const std::string& min, const std::string& max) {
  return std::string(what) + " from " + min + " to " + max;
}

// JSON does not tell 5 from 5.0, and JSON Schema counts both as integers.
std::optional<std::int64_t> whole(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > kExactMax) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

struct JsonDocument::State {
  std::string name;
  json tree;
  std::optional<Error> complaint;
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&& other) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&& other) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text, std::string_view name) {
  auto state = std::make_unique<State>();
  state->name = printable(name);
  if (Result<> parsed = parse_json(text, state->tree); !parsed)
    return std::unexpected(std::move(parsed).error().during("read " + state->name));
  return JsonDocument(std::move(state));
}

Result<JsonDocument> JsonDocument::read(const fs::path& path, std::size_t bytes_max) {
  // read_file follows no final link, for students' files; a configuration may well be one.
  std::error_code code;
  const fs::path real = fs::canonical(path, code);
  if (code) return usage_error("read " + printable(path.native()) + ": " + code.message());
  Result<std::string> text = read_file(real, bytes_max);
  if (!text) {
    // A file that is there and readable in size and kind but not in fact is the machine's fault.
    const bool is_plain = fs::is_regular_file(real, code) && fs::file_size(real, code) <= bytes_max;
    const bool is_ours = is_plain && ::access(real.c_str(), R_OK) == 0;
    return std::unexpected(
        Error{is_ours ? ErrorKind::environment : ErrorKind::usage, std::move(text).error().message});
  }
  return parse(*text, path.native());
}

JsonCursor JsonDocument::root() const { return {state_.get(), &state_->tree, ""}; }

Result<> JsonDocument::status() const {
  if (state_->complaint) return std::unexpected(*state_->complaint);
  return {};
}

bool JsonCursor::is_object() const { return value_ != nullptr && value_->is_object(); }
bool JsonCursor::is_number() const { return value_ != nullptr && value_->is_number(); }
bool JsonCursor::is_null() const { return value_ == nullptr || value_->is_null(); }

void JsonCursor::complain_of(std::string_view expected, std::string_view got) const {
  if (state_->complaint) return;
  std::string message = "read " + state_->name + ": ";
  // The root's pointer is empty; the file's name already says where.
  if (!pointer_.empty()) message += pointer_ + ": ";
  message += "expected " + std::string(expected) + ", got " + std::string(got);
  state_->complaint = Error{ErrorKind::usage, std::move(message)};
}

void JsonCursor::complain(std::string_view expected, std::string_view remark) const {
  if (value_ != nullptr) complain_of(expected, shown_value(*value_) + std::string(remark));
}

std::string JsonCursor::suggestion(std::span<const std::string_view> names) const {
  if (value_ == nullptr || !value_->is_string()) return {};
  const auto nearest = nearest_name(value_->get_ref<const std::string&>(), names);
  return nearest ? " (did you mean \"" + std::string(*nearest) + "\"?)" : std::string();
}

void JsonCursor::object(std::initializer_list<std::string_view> keys) const {
  if (value_ == nullptr) return;
  if (!value_->is_object()) return complain("an object");
  for (const auto& [key, member] : value_->items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::span<const std::string_view> known(keys.begin(), keys.size());
    const auto nearest = nearest_name(key, known);
    const JsonCursor unknown(state_, &member, pointer_ + pointer_step(key));
    const std::string name = shown_text(key);
    if (nearest)
      return unknown.complain_of("a known key", name + " (did you mean \"" + std::string(*nearest) + "\"?)");
    return unknown.complain_of("a known key (" + either_of(known) + ")", name);
  }
}

void JsonCursor::versioned_object(std::initializer_list<std::string_view> keys) const {
  if (const auto version = optional("format_version"); version && whole(*version->value_) != 1)
    version->complain("1, the only format version this Racecourse reads");
  object(keys);
  (void)required("format_version");
}

JsonCursor JsonCursor::required(std::string_view key) const {
  if (auto member = optional(key)) return *member;
  if (value_ != nullptr && !value_->is_object()) complain("an object");
  if (value_ != nullptr) complain_of("the key \"" + std::string(key) + "\"", "none");
  return {state_, nullptr, pointer_};
}

std::optional<JsonCursor> JsonCursor::optional(std::string_view key) const {
  if (!is_object()) return std::nullopt;
  const auto at = value_->find(std::string(key));
  if (at == value_->end()) return std::nullopt;
  return JsonCursor(state_, &*at, pointer_ + pointer_step(key));
}

std::vector<JsonCursor::Member> JsonCursor::members() const {
  if (!is_object()) complain("an object");
  std::vector<Member> out;
  if (!is_object()) return out;
  for (const auto& [key, member] : value_->items())
    out.push_back({key, JsonCursor(state_, &member, pointer_ + pointer_step(key))});
  return out;
}

std::vector<JsonCursor> JsonCursor::elements() const {
  std::vector<JsonCursor> out;
  if (value_ == nullptr) return out;
  if (!value_->is_array()) {
    complain("an array");
    return out;
  }
  for (std::size_t i = 0; i < value_->size(); ++i)
    out.push_back({state_, &(*value_)[i], pointer_ + "/" + std::to_string(i)});
  return out;
}

std::vector<JsonCursor> JsonCursor::some_elements() const {
  std::vector<JsonCursor> out = elements();
  if (value_ != nullptr && out.empty()) complain("an array with at least one element");
  return out;
}

bool JsonCursor::boolean() const {
  if (value_ == nullptr) return false;
  if (value_->is_boolean()) return value_->get<bool>();
  complain("true or false");
  return false;
}

std::string JsonCursor::text() const {
  if (value_ == nullptr) return {};
  if (value_->is_string()) return value_->get<std::string>();
  complain("a string");
  return {};
}

std::string JsonCursor::text(std::size_t characters_max) const {
  std::string out = text();
  if (characters_in(out) <= characters_max) return out;
  complain("a string of at most " + std::to_string(characters_max) + " characters");
  return {};
}

std::string JsonCursor::line(std::size_t characters_max) const {
  if (value_ == nullptr) return {};
  std::string out = text();
  const bool has_control = std::any_of(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!has_control && !trim(out).empty() && characters_in(out) <= characters_max) return out;
  complain("one line of text of 1 to " + std::to_string(characters_max) + " characters");
  return {};
}

std::int64_t JsonCursor::integer(std::int64_t min, std::int64_t max) const {
  if (value_ == nullptr) return min;
  const auto number = whole(*value_);
  if (number && *number >= min && *number <= max) return *number;
  complain(range_text("a whole number", std::to_string(min), std::to_string(max)));
  return min;
}

std::uint64_t JsonCursor::natural(std::uint64_t max) const {
  if (value_ == nullptr) return 0;
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() <= max)
    return value_->get<std::uint64_t>();
  const auto number = value_->is_number_float() ? whole(*value_) : std::nullopt;
  if (number && *number >= 0 && static_cast<std::uint64_t>(*number) <= max)
    return static_cast<std::uint64_t>(*number);
  complain(range_text("a whole number", "0", std::to_string(max)));
  return 0;
}

double JsonCursor::number() const {
  if (value_ == nullptr) return 0;
  if (value_->is_number()) return value_->get<double>();
  complain("a number");
  return 0;
}

Points JsonCursor::hundredths(std::int64_t max) const {
  if (value_ == nullptr) return {};
  const double value = value_->is_number() ? value_->get<double>() : -1.0;
  // Written so that not-a-number, which the parser never makes, would be refused too.
  if (!(value >= 0)) {
    complain("a number ≥ 0");
    return {};
  }
  if (value > static_cast<double>(max)) {
    complain("a number ≤ " + std::to_string(max));
    return {};
  }
  // 7.1 is not exact in binary, but its distance from 710 hundredths is far below any third decimal.
  const Points points = Points::rounded(value);
  if (std::abs(value * 100.0 - static_cast<double>(points.hundredths())) > 1e-6) {
    complain("a number with at most two decimals");
    return {};
  }
  return points;
}

std::size_t JsonCursor::choice(std::span<const std::string_view> words, std::string_view what) const {
  if (value_ == nullptr) return 0;
  if (value_->is_string()) {
    const auto at = std::find(words.begin(), words.end(), value_->get_ref<const std::string&>());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  }
  complain(what.empty() ? either_of(words) : std::string(what), suggestion(words));
  return 0;
}

}  // namespace racecourse
