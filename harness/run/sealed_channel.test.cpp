// Goal: only what the scenario sealed counts, each message once, and the token is asked for once. Method:
// both ends of the channel, and everything that somebody else could write to it.
#include "run/sealed_channel.hpp"

#include <doctest/doctest.h>

#include <random>

namespace racecourse {

namespace {

constexpr SealKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};
constexpr const char* kStarted = R"({"event":"started","name":"s"})";
constexpr const char* kFinished = R"({"event":"finished","failures":0})";

std::string sealed(std::uint64_t number, std::string_view message, const SealKey& key = kKey) {
  std::string out(kSealBytes, ' ');
  put_hexadecimal(number, out.data());
  put_hexadecimal(Seal(key).of(number, message), out.data() + 17);
  return out + std::string(message);
}

struct Talk {
  RunReport report;
  SealedChannel channel{report, kKey, "token"};
};

}  // namespace

// The vector of the paper's appendix: the key 00..0f and the message 00..0e, whose first eight bytes are our
// number.
TEST_CASE("the seal is SipHash-2-4") {
  std::string message;
  for (char c = 8; c < 15; ++c) message += c;
  CHECK(Seal(kKey).of(0x0706050403020100, message) == 0xa129ca6149be45e5);
}

TEST_CASE("a scenario is heard from its greeting to its token") {
  Talk talk;
  CHECK(talk.channel.hear(kHello) == "07060504030201000f0e0d0c0b0a0908");
  CHECK(talk.channel.hear(sealed(0, kStarted)).empty());
  CHECK(talk.channel.hear(sealed(1, kFinished)) == "token");
  CHECK(talk.channel.hear(sealed(2, R"({"event":"token","value":"token"})")).empty());
  CHECK(talk.report.token_returned);
  CHECK_FALSE(talk.report.foreign_message);
  CHECK(talk.report.events.size() == 2);
}

TEST_CASE("threads may overtake each other between their numbers and their messages") {
  Talk talk;
  (void)talk.channel.hear(kHello);
  for (const std::uint64_t number : {2, 0, 1, 4, 3}) (void)talk.channel.hear(sealed(number, kStarted));
  CHECK_FALSE(talk.report.foreign_message);
  CHECK(talk.report.events.size() == 5);
}

TEST_CASE("what the scenario did not send is dropped and noted") {
  const SealKey other{1, 2};
  for (const std::string& message :
       {std::string(kFinished), std::string(kHello), std::string(), sealed(1, kFinished, other),
        sealed(0, kStarted), sealed(1, kFinished) + " ", sealed(std::uint64_t{1} << 40, kFinished),
        std::string(200, '0')}) {
    CAPTURE(message);
    Talk talk;
    (void)talk.channel.hear(kHello);
    (void)talk.channel.hear(sealed(0, kStarted));
    CHECK(talk.channel.hear(message).empty());
    CHECK(talk.report.foreign_message);
    CHECK(talk.report.events.size() == 1);
  }
}

TEST_CASE("who does not greet gets no key, and a token that nobody asked for is worth nothing") {
  Talk talk;
  CHECK(talk.channel.hear(kStarted).empty());
  CHECK(talk.channel.hear(kHello).empty());
  CHECK(talk.report.foreign_message);
  Talk eager;
  (void)eager.channel.hear(kHello);
  (void)eager.channel.hear(sealed(0, R"({"event":"token","value":"token"})"));
  CHECK_FALSE(eager.report.token_returned);
}

TEST_CASE("any bytes at all leave nothing but the note") {
  std::mt19937 random(23);
  Talk talk;
  (void)talk.channel.hear(kHello);
  for (int round = 0; round < 20'000; ++round) {
    std::string message(random() % 60, '0');
    for (char& c : message) c = "0123456789abcdef {\"}\x80"[random() % 21];
    CHECK(talk.channel.hear(message).empty());
  }
  CHECK(talk.report.events.empty());
}

}  // namespace racecourse
