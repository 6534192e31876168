// How it works: nlohmann's SAX parser, which keeps its nesting in a bit vector instead of the call stack,
// feeds a collector that knows the one shape a message can have: an object of scalars and of arrays of
// unsigned numbers. The collector stops the parse at the first thing that does not fit, so nothing of the
// sender's choice is ever built.
#include "run/event_codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.hpp"
#include "model/terms.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kTextBytesMax = 8u << 10;  // The runtime cuts every text there (channel.hpp).
constexpr std::size_t kMembersMax = 8;
constexpr std::size_t kAddressesMax = 64;  // The runtime sends at most 48 frames.
constexpr std::int64_t kLineMax = 10'000'000;
constexpr std::int64_t kThreadsMax = 65'535;

using Addresses = std::vector<std::uint64_t>;
using Scalar = std::variant<std::string, bool, std::int64_t, std::uint64_t, double>;

struct Member {
  std::string key;
  std::variant<Scalar, Addresses> value;
};

// The SAX consumer. Each callback returns whether to go on.
class Collector {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return false; }
  bool binary(binary_t&) { return false; }
  bool boolean(bool value) { return add(value); }
  bool number_integer(number_integer_t value) { return add(std::int64_t{value}); }
  bool number_float(number_float_t value, const string_t& literal) {
    // An integer that does not fit 64 bits arrives here, rounded: two such observations could look equal.
    if (literal.find_first_of(".eE") == string_t::npos) return false;
    return std::isfinite(value) && add(value);
  }
  bool number_unsigned(number_unsigned_t value) {
    if (place_ != Place::in_array) return add(std::uint64_t{value});
    auto& addresses = std::get<Addresses>(members_.back().value);
    if (addresses.size() == kAddressesMax) return false;
    addresses.push_back(value);
    return true;
  }
  bool string(string_t& value) { return value.size() <= kTextBytesMax && add(std::move(value)); }
  bool start_object(std::size_t) {
    if (place_ != Place::outside || !members_.empty()) return false;
    place_ = Place::in_object;
    return true;
  }
  bool end_object() {
    place_ = Place::outside;
    return true;
  }
  bool key(string_t& name) {
    if (members_.size() == kMembersMax || find(name) != nullptr) return false;
    members_.push_back({std::move(name), {}});
    return true;
  }
  bool start_array(std::size_t) {
    if (place_ != Place::in_object) return false;
    place_ = Place::in_array;
    members_.back().value = Addresses{};
    return true;
  }
  bool end_array() {
    place_ = Place::in_object;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) { return false; }

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] const Member* find(std::string_view key) const {
    const auto found = std::ranges::find(members_, key, &Member::key);
    return found == members_.end() ? nullptr : &*found;
  }
  [[nodiscard]] const Scalar* scalar(std::string_view key) const {
    const Member* member = find(key);
    return member == nullptr ? nullptr : std::get_if<Scalar>(&member->value);
  }
  [[nodiscard]] const std::string* text(std::string_view key) const {
    const Scalar* value = scalar(key);
    return value == nullptr ? nullptr : std::get_if<std::string>(value);
  }

 private:
  enum class Place { outside, in_object, in_array };

  bool add(Scalar value) {
    if (place_ != Place::in_object) return false;
    members_.back().value = std::move(value);
    return true;
  }

  std::vector<Member> members_;
  Place place_ = Place::outside;
};

// Reads the members of one message. A member that is asked for and not there, or not of that type, makes it
// bad.
class Reader {
 public:
  explicit Reader(const Collector& members) : members_(members) {}

  std::string text(std::string_view key) {
    ++asked_;
    const std::string* value = members_.text(key);
    if (value == nullptr) return bad<std::string>();
    return printable(*value);
  }
  std::int64_t number(std::string_view key, std::int64_t max) {
    ++asked_;
    const Scalar* value = members_.scalar(key);
    // The parser calls every integer without a minus sign unsigned.
    const auto* number = value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
    if (number == nullptr || *number > static_cast<std::uint64_t>(max)) return bad<std::int64_t>();
    return static_cast<std::int64_t>(*number);
  }
  bool boolean(std::string_view key) {
    ++asked_;
    const Scalar* value = members_.scalar(key);
    const bool* const boolean = value == nullptr ? nullptr : std::get_if<bool>(value);
    return boolean == nullptr ? bad<bool>() : *boolean;
  }
  void refuse() { good_ = false; }
  Addresses addresses(std::string_view key) {
    ++asked_;
    const Member* member = members_.find(key);
    const auto* value = member == nullptr ? nullptr : std::get_if<Addresses>(&member->value);
    if (value == nullptr) return bad<Addresses>();
    return *value;
  }
  std::string json(std::string_view key) {
    ++asked_;
    const Scalar* value = members_.scalar(key);
    if (value == nullptr) return bad<std::string>();
    const nlohmann::json scalar = std::visit([](const auto& held) { return nlohmann::json(held); }, *value);
    std::string text = scalar.dump();
    // JSON escapes most control characters; DEL and the C1 controls need its ASCII form.
    if (printable(text) != text) text = scalar.dump(-1, ' ', true);
    return text;
  }
  // Everything was good, and the message had nothing but "event" and what was asked for.
  [[nodiscard]] bool complete() const { return good_ && members_.size() == asked_ + 1; }

 private:
  template <class T>
  T bad() {
    good_ = false;
    return T{};
  }

  const Collector& members_;
  std::size_t asked_ = 0;
  bool good_ = true;
};

constexpr auto kKinds = std::to_array<std::pair<std::string_view, Event::Kind>>({
    {"started", Event::Kind::started},
    {"observation", Event::Kind::observation},
    {"assertion", Event::Kind::assertion},
    {"fault", Event::Kind::fault},
    {"exception", Event::Kind::exception},
    {"timed", Event::Kind::timed},
    {"crash_stack", Event::Kind::crash_stack},
    {"exit_seen", Event::Kind::exit_seen},
    {"finished", Event::Kind::finished},
    {"schedule_finding", Event::Kind::schedule_finding},
    {"finding_place", Event::Kind::finding_place},
    {"story_step", Event::Kind::story_step},
    {"outcome", Event::Kind::outcome},
    {"explored", Event::Kind::explored},
    {"replayed", Event::Kind::replayed},
});

void read_stack(Reader& reader, Event& event) {
  event.modules = reader.addresses("modules");
  event.addresses = reader.addresses("addresses");
  if (event.modules.size() != event.addresses.size()) reader.refuse();
}

void read_members(Reader& reader, Event& event) {
  switch (event.kind) {
    case Event::Kind::started:
      event.name = reader.text("name");
      break;
    case Event::Kind::observation:
      event.name = reader.text("name");
      event.value = reader.json("value");
      break;
    case Event::Kind::assertion:
      event.expression = reader.text("expression");
      event.message = reader.text("message");
      event.file = reader.text("file");
      event.line = static_cast<int>(reader.number("line", kLineMax));
      event.value = reader.text("value");
      break;
    case Event::Kind::fault:
      event.name = reader.text("name");
      event.message = reader.text("message");
      break;
    case Event::Kind::exception:
      event.name = reader.text("name");
      event.value = reader.text("value");
      break;
    case Event::Kind::timed:
      event.duration =
          std::chrono::nanoseconds(reader.number("ns", std::numeric_limits<std::int64_t>::max()));
      break;
    case Event::Kind::crash_stack:
    case Event::Kind::exit_seen:
      event.addresses = reader.addresses("addresses");
      break;
    case Event::Kind::finished:
      // Only its form is checked: the driver's own count serves people who run it by hand.
      (void)reader.number("failures", std::numeric_limits<int>::max());
      break;
    case Event::Kind::schedule_finding:
      event.name = reader.text("name");
      event.message = reader.text("message");
      event.value = reader.text("value");
      event.preemptions = reader.number("preemptions", std::numeric_limits<int>::max());
      break;
    case Event::Kind::finding_place:
      event.thread = static_cast<int>(reader.number("thread", kThreadsMax));
      event.message = reader.text("message");
      read_stack(reader, event);
      break;
    case Event::Kind::story_step:
      event.thread = static_cast<int>(reader.number("thread", kThreadsMax));
      event.name = reader.text("name");
      event.object = reader.number("object", std::numeric_limits<int>::max());
      event.value = reader.text("value");
      read_stack(reader, event);
      break;
    case Event::Kind::outcome:
      event.name = reader.text("name");
      event.value = reader.text("value");
      break;
    case Event::Kind::explored:
      event.executions = reader.number("executions", std::numeric_limits<std::int64_t>::max());
      (void)reader.number("steps", std::numeric_limits<std::int64_t>::max());
      event.complete = reader.boolean("exhaustive");
      break;
    case Event::Kind::replayed:
      event.name = reader.text("name");
      event.complete = reader.boolean("faithful");
      event.value = reader.text("value");
      break;
  }
}

bool collect(std::string_view message, Collector& members) {
  return message.size() <= kEventBytesMax && nlohmann::json::sax_parse(message, &members);
}

}  // namespace

std::optional<Event> decode_event(std::string_view message) {
  Collector members;
  if (!collect(message, members)) return std::nullopt;
  const std::string* word = members.text("event");
  if (word == nullptr) return std::nullopt;
  const auto* kind = std::ranges::find(kKinds, *word, &decltype(kKinds)::value_type::first);
  if (kind == kKinds.end()) return std::nullopt;
  Event event;
  event.kind = kind->second;
  Reader reader(members);
  read_members(reader, event);
  if (!reader.complete()) return std::nullopt;
  const bool has_finding = event.kind == Event::Kind::fault || event.kind == Event::Kind::schedule_finding;
  if (has_finding && !finding_kind_from(event.name)) return std::nullopt;
  return event;
}

std::optional<std::string> decode_token(std::string_view message) {
  Collector members;
  if (!collect(message, members) || members.size() != 2) return std::nullopt;
  const std::string* word = members.text("event");
  const std::string* token = members.text("value");
  if (word == nullptr || *word != "token" || token == nullptr) return std::nullopt;
  return *token;
}

}  // namespace racecourse
