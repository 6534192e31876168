#include "run/event_codec.hpp"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace racecourse {

namespace {

// One message of each kind, as the runtime writes it.
const std::array<std::string, 16> kMessages = {
    R"({"event":"started","name":"many_threads"})",
    R"({"event":"observation","name":"total","value":1200})",
    R"({"event":"observation","name":"word","value":"gr\u00fcn \"a\\b\"\n"})",
    R"({"event":"assertion","expression":"a == b","message":"i := 3","file":"many_threads.cpp","line":17,"value":"3 == 4"})",
    R"({"event":"fault","name":"lost_update","message":"An increment was lost."})",
    R"({"event":"exception","name":"std::runtime_error","value":"queue is closed"})",
    R"({"event":"timed","ns":1500000})",
    R"({"event":"crash_stack","addresses":[4952,5000,0]})",
    R"({"event":"exit_seen","addresses":[]})",
    R"({"event":"finished","failures":2})",
    R"({"event":"schedule_finding","name":"deadlock","message":"Deadlock.","value":"rc1-gcc12-0-s-3:1","preemptions":1})",
    R"({"event":"finding_place","thread":1,"message":"waits for a mutex","modules":[0,1],"addresses":[40160,9]})",
    R"({"event":"story_step","thread":2,"name":"read","object":3,"value":"17","modules":[0],"addresses":[40160]})",
    R"({"event":"outcome","name":"winner=1","value":"rc1-gcc12-0-s-"})",
    R"({"event":"explored","executions":28,"steps":3709,"exhaustive":true})",
    R"({"event":"replayed","name":"finding","faithful":true,"value":"123"})",
};

Event decoded(std::string_view message) {
  const auto event = decode_event(message);
  REQUIRE_MESSAGE(event.has_value(), message);
  return event.value_or(Event{});
}

std::string observed(const std::string& json) {
  return decoded(R"({"event":"observation","name":"x","value":)" + json + "}").value;
}

bool refused(std::string_view message) { return !decode_event(message).has_value(); }
bool value_refused(const std::string& json) {
  return refused(R"({"event":"observation","name":"x","value":)" + json + "}");
}

}  // namespace

TEST_CASE("each kind of message becomes its event") {
  const Event started = decoded(kMessages[0]);
  CHECK(started.kind == Event::Kind::started);
  CHECK(started.name == "many_threads");

  const Event observation = decoded(kMessages[1]);
  CHECK(observation.kind == Event::Kind::observation);
  CHECK(observation.name == "total");
  CHECK(observation.value == "1200");

  const Event assertion = decoded(kMessages[3]);
  CHECK(assertion.kind == Event::Kind::assertion);
  CHECK(assertion.expression == "a == b");
  CHECK(assertion.message == "i := 3");
  CHECK(assertion.file == "many_threads.cpp");
  CHECK(assertion.line == 17);
  CHECK(assertion.value == "3 == 4");

  const Event fault = decoded(kMessages[4]);
  CHECK(fault.kind == Event::Kind::fault);
  CHECK(fault.name == "lost_update");
  CHECK(fault.message == "An increment was lost.");

  const Event exception = decoded(kMessages[5]);
  CHECK(exception.kind == Event::Kind::exception);
  CHECK(exception.name == "std::runtime_error");
  CHECK(exception.value == "queue is closed");

  const Event timed = decoded(kMessages[6]);
  CHECK(timed.kind == Event::Kind::timed);
  CHECK(timed.duration == std::chrono::microseconds(1500));

  const Event crash = decoded(kMessages[7]);
  CHECK(crash.kind == Event::Kind::crash_stack);
  CHECK(crash.addresses == std::vector<std::uint64_t>{4952, 5000, 0});

  const Event exit_seen = decoded(kMessages[8]);
  CHECK(exit_seen.kind == Event::Kind::exit_seen);
  CHECK(exit_seen.addresses.empty());

  CHECK(decoded(kMessages[9]).kind == Event::Kind::finished);
}

TEST_CASE("what was explored becomes events") {
  const Event finding = decoded(kMessages[10]);
  CHECK(finding.kind == Event::Kind::schedule_finding);
  CHECK(finding.name == "deadlock");
  CHECK(finding.message == "Deadlock.");
  CHECK(finding.value == "rc1-gcc12-0-s-3:1");
  CHECK(finding.preemptions == 1);
  const Event place = decoded(kMessages[11]);
  CHECK(place.thread == 1);
  CHECK(place.modules == std::vector<std::uint64_t>{0, 1});
  CHECK(place.addresses == std::vector<std::uint64_t>{40160, 9});
  const Event step = decoded(kMessages[12]);
  CHECK(step.thread == 2);
  CHECK(step.object == 3);
  CHECK(step.value == "17");
  CHECK(decoded(kMessages[13]).name == "winner=1");
  CHECK(decoded(kMessages[14]).executions == 28);
  CHECK(decoded(kMessages[14]).complete);
  CHECK(decoded(kMessages[15]).complete);
  // A stack whose two halves do not fit, a finding that does not exist, a truth value that is none.
  CHECK(refused(R"({"event":"finding_place","thread":1,"message":"","modules":[0],"addresses":[1,2]})"));
  CHECK(refused(R"({"event":"schedule_finding","name":"nonsense","message":"","value":"","preemptions":0})"));
  CHECK(refused(R"({"event":"explored","executions":1,"steps":1,"exhaustive":1})"));
}

TEST_CASE("an observation's value is canonical JSON text") {
  CHECK(observed("0") == "0");
  CHECK(observed("-0") == "0");
  CHECK(observed("-9223372036854775808") == "-9223372036854775808");
  CHECK(observed("18446744073709551615") == "18446744073709551615");
  CHECK(observed("true") == "true");
  CHECK(observed(" false ") == "false");
  CHECK(observed("2.50") == "2.5");
  CHECK(observed("1e2") == "100.0");
  CHECK(observed(R"("a\/b")") == R"("a/b")");
  CHECK(observed(R"("\u0041")") == R"("A")");
  CHECK(observed("\"\xC3\xBC\"") == "\"\xC3\xBC\"");
  // Different characters that a terminal would obey stay different, and stay JSON.
  CHECK(observed(R"("\u001b[2J")") == R"("\u001b[2J")");
  CHECK(observed("\"\x7F\"") == R"("\u007f")");
  CHECK(observed("\"\xC2\x9B\"") == R"("\u009b")");
  CHECK(observed(R"("\\u009b")") == R"("\\u009b")");
}

TEST_CASE("an observation's value is a number, a string or a truth value") {
  CHECK(value_refused("null"));
  CHECK(value_refused("[]"));  // An array is no scalar, even an empty one.
  CHECK(value_refused("[1]"));
  CHECK(value_refused("{}"));
  CHECK(value_refused("NaN"));
  CHECK(value_refused("1e999"));
  CHECK(value_refused("18446744073709551616"));
  CHECK(value_refused("-9223372036854775809"));
  CHECK(value_refused(std::string(1000, '9')));
}

TEST_CASE("texts become printable") {
  const Event event = decoded(R"({"event":"fault","name":"deadlock","message":"a\u001b[31mb\u0000c"})");
  CHECK(event.message == "a\\x1b[31mb\\x00c");
}

TEST_CASE("what is no message of the runtime is no event") {
  CHECK(refused(""));
  CHECK(refused("null"));
  CHECK(refused("17"));
  CHECK(refused("\"started\""));
  CHECK(refused("[]"));
  CHECK(refused("{}"));
  CHECK(refused(R"({"event":"started","name":"a"} )"
                "x"));
  CHECK(refused(R"({"event":"started","name":"a"}{"event":"started","name":"a"})"));
  CHECK(refused(R"({"event":"started","name":"a")"));
  CHECK(refused(R"({"event":"Started","name":"a"})"));
  CHECK(refused(R"({"event":"token","value":"a"})"));
  CHECK(refused(R"({"event":1,"name":"a"})"));
  CHECK(refused(R"({"event":["started"],"name":"a"})"));
  CHECK(refused(R"({"name":"a"})"));
  CHECK(refused("{\"event\":\"started\",\"name\":\"\xFF\"}"));
  CHECK(refused("{\"event\":\"started\",\"name\":\"\xC0\xAF\"}"));
  CHECK(refused(R"({"event":"started","name":"\ud800"})"));
  CHECK(refused("{\"event\":\"started\",\"name\":\"\n\"}"));
}

TEST_CASE("missing, unknown, repeated and mistyped members are refused") {
  CHECK(refused(R"({"event":"started"})"));
  CHECK(refused(R"({"event":"started","name":"a","extra":1})"));
  CHECK(refused(R"({"event":"started","name":"a","name":"b"})"));
  CHECK(refused(R"({"event":"started","event":"finished","name":"b"})"));
  CHECK(refused(R"({"event":"started","name":7})"));
  CHECK(refused(R"({"event":"fault","name":"not_a_kind","message":""})"));
  CHECK(refused(R"({"event":"timed","ns":-1})"));
  CHECK(refused(R"({"event":"timed","ns":1.5})"));
  CHECK(refused(R"({"event":"timed","ns":9223372036854775808})"));
  CHECK(refused(R"({"event":"timed","ns":"1"})"));
  CHECK(refused(R"({"event":"finished","failures":-1})"));
  CHECK(refused(R"({"event":"finished"})"));
  CHECK(
      refused(R"({"event":"assertion","expression":"","message":"","file":"","line":10000001,"value":""})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":[-1]})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":[1.0]})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":["1"]})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":[[1]]})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":{"a":1}})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":[true]})"));
  CHECK(refused(R"({"event":"crash_stack","addresses":7})"));
}

TEST_CASE("sizes are bounded") {
  const auto named = [](std::size_t size) {
    return R"({"event":"started","name":")" + std::string(size, 'a') + "\"}";
  };
  CHECK_FALSE(refused(named(8192)));
  CHECK(refused(named(8193)));
  const auto stack = [](int count) {
    std::string text = R"({"event":"crash_stack","addresses":[1)";
    for (int i = 1; i < count; ++i) text += ",1";
    return text + "]}";
  };
  CHECK_FALSE(refused(stack(64)));
  CHECK(refused(stack(65)));
  CHECK(refused(kMessages[0] + std::string(kEventBytesMax, ' ')));
  // The longest thing the runtime can send: four texts in which each byte is escaped.
  std::string text;
  for (int i = 0; i < 8192; ++i) text += "\\u0001";
  CHECK_FALSE(refused(R"({"event":"assertion","expression":")" + text + R"(","message":")" + text +
                      R"(","file":")" + text + R"(","line":1,"value":")" + text + "\"}"));
}

// Goal: hostile nesting costs no stack. Method: as many brackets as fit a message, in each place that could
// nest.
TEST_CASE("deep nesting is refused without recursion") {
  const std::string arrays(kEventBytesMax - 100, '[');
  CHECK(refused(arrays));
  CHECK(refused(R"({"event":"crash_stack","addresses":)" + arrays));
  CHECK(value_refused(arrays));
  std::string objects;
  while (objects.size() < kEventBytesMax - 100) objects += "{\"a\":";
  CHECK(refused(objects));
}

TEST_CASE("a token comes back byte for byte and is no event") {
  CHECK(decode_token(R"({"event":"token","value":"5f3a\u0001"})") == std::string("5f3a\x01"));
  CHECK_FALSE(decode_token(R"({"event":"token"})"));
  CHECK_FALSE(decode_token(R"({"event":"token","value":1})"));
  CHECK_FALSE(decode_token(R"({"event":"token","value":"a","more":1})"));
  CHECK_FALSE(decode_token(R"({"event":"started","value":"a"})"));
  CHECK_FALSE(decode_token("token"));
  for (const std::string& message : kMessages) CHECK_FALSE(decode_token(message));
}

// Goal: total on any bytes, and what comes out can stand in a report. Method: a seeded loop that damages good
// messages; whatever still decodes must be printable, and an observation's value must be JSON of a scalar.
TEST_CASE("damaged messages never break the decoder") {
  std::mt19937 random(20250101);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  const std::string_view pieces = R"({}[]",:\u0e-+.19 tfn)";
  int events = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string message = kMessages[below(kMessages.size())];
    for (std::size_t edits = 1 + below(4); edits > 0 && !message.empty(); --edits) {
      const std::size_t at = below(message.size());
      switch (below(5)) {
        case 0:
          message[at] = static_cast<char>(below(256));
          break;
        case 1:
          message.erase(at, 1 + below(8));
          break;
        case 2:
          message.insert(at, 1, pieces[below(pieces.size())]);
          break;
        case 3:
          message.insert(at, message.substr(below(message.size()), below(24)));
          break;
        default:
          message.replace(at, 1, kMessages[below(kMessages.size())].substr(below(8), 12));
          break;
      }
    }
    (void)decode_token(message);
    const auto event = decode_event(message);
    if (!event) continue;
    ++events;
    for (const std::string* text :
         {&event->name, &event->value, &event->message, &event->expression, &event->file})
      REQUIRE(printable(*text) == *text);
    if (event->kind != Event::Kind::observation) continue;
    const auto value = nlohmann::json::parse(event->value, nullptr, false);
    REQUIRE(value.is_primitive());
    REQUIRE_FALSE(value.is_null());
    REQUIRE(observed(event->value) == event->value);
  }
  // The loop exercises both sides: some damage (inside a text) leaves a good message.
  CHECK(events > 1000);
  CHECK(events < 50'000);
}

}  // namespace racecourse
