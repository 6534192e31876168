#include "base/text.hpp"

#include <array>

namespace racecourse {

namespace {

// The length of the valid UTF-8 sequence that starts `bytes`, or 0. Overlong forms, surrogates and values
// above U+10FFFF are invalid (RFC 3629, section 4).
std::size_t utf8_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u; };
  const unsigned lead = at(0);
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return at(i) >= low && at(i) <= high;
  };
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
  // Line separators, and what turns the direction of text round: U+2028 to U+202E, U+2066 to U+2069. With
  // them a line reads as another one than it is.
  if (sequence.starts_with("\xE2\x80")) return sequence[2] >= '\xA8' && sequence[2] <= '\xAE';
  if (sequence.starts_with("\xE2\x81")) return sequence[2] >= '\xA6' && sequence[2] <= '\xA9';
  // U+0080..U+009F: the C1 controls, among them CSI, which some terminals obey.
  return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::array<char, 16> kDigits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                            '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    out += "\\x";
    out += kDigits[value >> 4];
    out += kDigits[value & 15];
  }
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    const std::string_view sequence = bytes.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_control(sequence))
      append_hex(out, sequence);
    else
      out += sequence;
    bytes.remove_prefix(sequence.size());
  }
  return out;
}

std::string shorten(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  // Cuts only between characters: a continuation byte (10xxxxxx) moves the cut.
  const auto continuation = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  std::size_t head = bytes_max / 2;
  while (head > 0 && continuation(head)) --head;
  std::size_t tail = text.size() - bytes_max / 2;
  while (tail < text.size() && continuation(tail)) ++tail;
  std::string out(text.substr(0, head));
  out += "\n[... " + std::to_string(tail - head) + " bytes left out ...]\n";
  out += text.substr(tail);
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace racecourse
