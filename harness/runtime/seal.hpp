// The seal of a message on the event channel: SipHash-2-4 of its number and its bytes under the key of the
// run.
//
// J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012. Included by both ends of the
// channel: the runtime that seals (channel.cpp) and the harness that checks (run/sealed_channel.cpp). The key
// crosses the channel once, before any code of the submission has run (handshake.cpp). It lies in the process
// that runs the submission, so whoever searches that memory can find it: the seal stops messages that are
// merely written, not an attack on the process. Pure; allocates nothing; async-signal-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace racecourse {

struct SealKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

class Seal {
 public:
  explicit Seal(const SealKey& key)
      : v0_(key.first ^ 0x736f6d6570736575u),
        v1_(key.second ^ 0x646f72616e646f6du),
        v2_(key.first ^ 0x6c7967656e657261u),
        v3_(key.second ^ 0x7465646279746573u) {}

  // The seal of `message` as the number `number` of its run.
  std::uint64_t of(std::uint64_t number, std::string_view message) {
    absorb(number);
    std::size_t at = 0;
    for (; at + 8 <= message.size(); at += 8) absorb(word(message.substr(at, 8)));
    absorb(word(message.substr(at)) | (static_cast<std::uint64_t>(message.size() + 8) << 56));
    v2_ ^= 0xFF;
    for (int i = 0; i < 4; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  static std::uint64_t word(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return value;
  }
  static std::uint64_t turned(std::uint64_t value, int bits) {
    return (value << bits) | (value >> (64 - bits));
  }
  void absorb(std::uint64_t block) {
    v3_ ^= block;
    round();
    round();
    v0_ ^= block;
  }
  void round() {
    v0_ += v1_;
    v1_ = turned(v1_, 13) ^ v0_;
    v0_ = turned(v0_, 32);
    v2_ += v3_;
    v3_ = turned(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = turned(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = turned(v1_, 17) ^ v2_;
    v2_ = turned(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

// A sealed message is "<number> <seal> <bytes>", both in 16 hexadecimal digits.
inline constexpr std::size_t kSealBytes = 34;
// What the driver says first, and only then: the answer is the key, 32 hexadecimal digits.
inline constexpr std::string_view kHello = "racecourse-driver";
inline constexpr std::size_t kKeyBytes = 32;

inline void put_hexadecimal(std::uint64_t value, char* out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int i = 15; i >= 0; --i, value >>= 4) out[i] = kDigits[value & 15];
}

// Whether `text` is 16 digits as put_hexadecimal writes them; their value in `value`.
inline bool read_hexadecimal(std::string_view text, std::uint64_t& value) {
  if (text.size() != 16) return false;
  value = 0;
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    value = (value << 4) | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return true;
}

}  // namespace racecourse
