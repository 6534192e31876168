#include "base/text.hpp"

#include <doctest/doctest.h>

namespace racecourse {

TEST_CASE("printable keeps valid UTF-8, line ends and tabs") {
  for (const char* text :
       {"", "plain", "a\tb\nc", "Очередь", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    CHECK(printable(text) == text);
}

// Rows of RFC 3629, section 4, and just beyond each: what is not a character is shown byte by byte.
TEST_CASE("printable shows every other byte") {
  CHECK(printable("\x1b[31m") == "\\x1b[31m");
  CHECK(printable("a\r\n") == "a\\x0d\n");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("\x7F") == "\\x7f");
  CHECK(printable("\xC2\x9B") == "\\xc2\\x9b");                    // A control character in two bytes.
  CHECK(printable("\xC2\xA0") == "\xC2\xA0");                      // Its first neighbour that is none.
  CHECK(printable("\xC0\xAF") == "\\xc0\\xaf");                    // '/' in a form too long.
  CHECK(printable("\xE0\x9F\xBF") == "\\xe0\\x9f\\xbf");           // U+07FF in a form too long.
  CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");           // Half of a surrogate pair.
  CHECK(printable("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // U+110000.
  CHECK(printable("\xF0\x8F\xBF\xBF") == "\\xf0\\x8f\\xbf\\xbf");  // U+FFFF in a form too long.
  CHECK(printable("\xD0") == "\\xd0");                             // Cut off.
  CHECK(printable("\xD0x") == "\\xd0x");
  CHECK(printable("\u202e") == "\\xe2\\x80\\xae");  // Text from right to left.
  CHECK(printable("\u2028\u2066") == "\\xe2\\x80\\xa8\\xe2\\x81\\xa6");
  CHECK(printable("\u2027\u202f\u2065\u206a") == "\u2027\u202f\u2065\u206a");  // Their neighbours.
  CHECK(printable("\xFF\xFE") == "\\xff\\xfe");
}

TEST_CASE("printable text stays as it is") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK(printable(printable(bytes)) == printable(bytes));
}

TEST_CASE("shorten leaves short text alone and takes the middle out of long text") {
  CHECK(shorten("abcdef", 6) == "abcdef");
  CHECK(shorten("abcdefghij", 4) == "ab\n[... 6 bytes left out ...]\nij");
  CHECK(shorten("abc", 0) == "\n[... 3 bytes left out ...]\n");
}

TEST_CASE("shorten cuts between characters") {
  const std::string text = "яяяяяяяя";
  for (std::size_t bytes_max = 0; bytes_max < text.size(); ++bytes_max) {
    CAPTURE(bytes_max);
    const std::string out = shorten(text, bytes_max);
    CHECK(printable(out) == out);
  }
}

TEST_CASE("trim takes blanks from both ends") {
  CHECK(trim(" \t\r\n a b \n") == "a b");
  CHECK(trim(" \n ").empty());
  CHECK(trim("").empty());
}

}  // namespace racecourse
