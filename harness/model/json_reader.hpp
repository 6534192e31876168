// JsonDocument and JsonCursor: reading a JSON file value by value, with errors that point.
//
// A cursor stands on one value and knows its JSON pointer. Asking it for something the value is not records a
// complaint in the document and returns a harmless default, so that a decoder is a plain list of what it
// wants; the first complaint wins and status() returns it: "read labs/queue/lab.json:
// /scenarios/2/points/races: expected a number ≥ 0, got "5"". A decoder must ask for status() before it hands
// out what it read. Not thread-safe; cursors must not outlive their document. For the codecs of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "model/points.hpp"

namespace racecourse {

// Configurations are written by hand; 4 MiB is a hundred times the largest we know.
inline constexpr std::size_t kConfigurationBytesMax = 4u << 20;

class JsonCursor;

class JsonDocument {
 public:
  // `name` is what messages call it: mostly its path. All errors are usage errors.
  [[nodiscard]] static Result<JsonDocument> parse(std::string_view text, std::string_view name);
  // Reads a file, through symbolic links. A file that is missing, unreadable or too large is a usage error.
  [[nodiscard]] static Result<JsonDocument> read(const fs::path& path, std::size_t bytes_max);

  JsonDocument(JsonDocument&& other) noexcept;
  JsonDocument& operator=(JsonDocument&& other) noexcept;
  ~JsonDocument();

  [[nodiscard]] JsonCursor root() const;
  // The first complaint, if there was one.
  [[nodiscard]] Result<> status() const;

 private:
  friend class JsonCursor;
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class JsonCursor {
 public:
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_number() const;
  [[nodiscard]] bool is_null() const;

  // Demands an object with no other keys than these.
  void object(std::initializer_list<std::string_view> keys) const;
  // As object, of the root of a versioned file: "format_version", which `keys` names too, must be 1. A wrong
  // version is complained of first, because it explains all other oddities.
  void versioned_object(std::initializer_list<std::string_view> keys) const;
  // The member of that name; demands that there is one.
  [[nodiscard]] JsonCursor required(std::string_view key) const;
  [[nodiscard]] std::optional<JsonCursor> optional(std::string_view key) const;
  // All members of an object whose keys are names, in the order of the keys.
  struct Member;
  [[nodiscard]] std::vector<Member> members() const;
  [[nodiscard]] std::vector<JsonCursor> elements() const;
  // As elements; demands at least one.
  [[nodiscard]] std::vector<JsonCursor> some_elements() const;

  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string text(std::size_t characters_max) const;
  // One line that says something: no control characters, not blank.
  [[nodiscard]] std::string line(std::size_t characters_max) const;
  [[nodiscard]] std::int64_t integer(std::int64_t min, std::int64_t max) const;
  [[nodiscard]] std::uint64_t natural(std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) const;
  [[nodiscard]] double number() const;
  // From 0 to max with at most two decimals, exactly.
  [[nodiscard]] Points hundredths(std::int64_t max) const;
  // The place in `words` of the word that stands here; 0 after a complaint. `what` replaces a long list of
  // the words.
  [[nodiscard]] std::size_t choice(std::span<const std::string_view> words, std::string_view what = {}) const;
  // As choice, for the terms of model/terms.hpp.
  template <class Term>
  [[nodiscard]] Term term(std::span<const Term> all, std::string_view what = {}) const {
    std::vector<std::string_view> words;
    for (const Term each : all) words.push_back(to_text(each));
    return all[choice(words, what)];
  }

  // "<pointer>: expected <expected>, got <this value><remark>".
  void complain(std::string_view expected, std::string_view remark = {}) const;
  // As complain, where what stands here is not the point.
  void complain_of(std::string_view expected, std::string_view got) const;
  // ` (did you mean "…"?)`, or nothing when no name is near the text that stands here.
  [[nodiscard]] std::string suggestion(std::span<const std::string_view> names) const;

 private:
  friend class JsonDocument;
  JsonCursor(JsonDocument::State* state, const nlohmann::json* value, std::string pointer)
      : state_(state), value_(value), pointer_(std::move(pointer)) {}

  JsonDocument::State* state_;
  const nlohmann::json* value_;  // Null after a complaint: then every question has a harmless answer.
  std::string pointer_;
};

struct JsonCursor::Member {
  std::string key;
  JsonCursor value;
};

}  // namespace racecourse
