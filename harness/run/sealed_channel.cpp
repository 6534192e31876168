#include "run/sealed_channel.hpp"

#include <optional>
#include <utility>

#include "run/event_codec.hpp"

namespace racecourse {

namespace {

// More threads than that do not overtake each other: a number further ahead is none of ours.
constexpr std::uint64_t kNumbersAheadMax = 1u << 16;

}  // namespace

SealedChannel::SealedChannel(RunReport& report, const SealKey& key, std::string token)
    : report_(report), key_(key), token_(std::move(token)) {}

std::optional<std::string_view> SealedChannel::opened(std::string_view message) {
  std::uint64_t number = 0;
  std::uint64_t seal = 0;
  if (message.size() < kSealBytes || message[16] != ' ' || message[33] != ' ') return std::nullopt;
  if (!read_hexadecimal(message.substr(0, 16), number) || !read_hexadecimal(message.substr(17, 16), seal))
    return std::nullopt;
  const std::string_view bytes = message.substr(kSealBytes);
  if (Seal(key_).of(number, bytes) != seal) return std::nullopt;
  if (number < taken_below_ || number - taken_below_ > kNumbersAheadMax) return std::nullopt;
  if (!taken_beyond_.insert(number).second) return std::nullopt;
  while (taken_beyond_.erase(taken_below_) > 0) ++taken_below_;
  return bytes;
}

std::string SealedChannel::hear(std::string_view message) {
  if (!std::exchange(greeted_, true)) {
    if (message != kHello) {
      report_.foreign_message = true;
      return {};
    }
    std::string key(kKeyBytes, '0');
    put_hexadecimal(key_.first, key.data());
    put_hexadecimal(key_.second, key.data() + 16);
    return key;
  }
  const std::optional<std::string_view> bytes = opened(message);
  if (!bytes) {
    report_.foreign_message = true;
    return {};
  }
  if (const std::optional<std::string> answer = decode_token(*bytes)) {
    report_.token_returned |= asked_ && *answer == token_;
    return {};
  }
  std::optional<Event> event = decode_event(*bytes);
  if (!event) {
    report_.events_cut = true;
    return {};
  }
  const bool asks = event->kind == Event::Kind::finished && !asked_;
  report_.events.push_back(*std::move(event));
  if (!asks) return {};
  asked_ = true;
  return token_;
}

}  // namespace racecourse
