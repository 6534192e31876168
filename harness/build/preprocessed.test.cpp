// Goal: of what the preprocessor leaves, exactly the student's own tokens are kept, with their lines. Method:
// outputs as g++ and clang write them, and ones that a submission would like to pass for them.
#include "build/preprocessed.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace racecourse {

namespace {

std::string words(std::string_view output) {
  const OwnTokens own = own_tokens(output);
  std::string out;
  for (const OwnToken& token : own.tokens) {
    const Place place = own.place(token);
    out += std::string(token.token.text) + "@" + place.file + ":" + std::to_string(place.line) + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("headers of the system and of the lab are left out, the student's are not") {
  CHECK(
      words("# 0 \"./a.cpp\"\n# 0 \"<built-in>\"\n# 0 \"<command-line>\"\n# 1 \"/usr/include/stdc-predef.h\" "
            "1 3 4\n"
            "hidden\n# 0 \"<command-line>\" 2\n# 1 \"./a.cpp\"\none\n# 1 \"parts/b.hpp\" 1\ntwo\n\n\nthree\n"
            "# 1 \"/opt/labs/lab/include/lab.hpp\" 1\nhidden\n# 5 \"parts/b.hpp\" 2\nfour\n# 3 \"./a.cpp\" "
            "2\nfive\n") ==
      "one@a.cpp:1 two@parts/b.hpp:1 three@parts/b.hpp:4 four@parts/b.hpp:5 five@a.cpp:3 ");
}

TEST_CASE("names and flags do not decide whose a file is") {
  // #line, and #pragma GCC system_header, give markers without entering anything.
  CHECK(words("# 1 \"./a.cpp\"\n# 1 \"/usr/include/x.h\"\none\n# 9 \"/usr/include/x.h\" 3\ntwo\n") ==
        "one@/usr/include/x.h:1 two@/usr/include/x.h:9 ");
  CHECK(words("# 1 \"./b.hpp\" 1 3\none\n") == "one@b.hpp:1 ");
  CHECK(words("# 1 \"/proc/self/cwd/b.hpp\" 1\none\n") == "one@/proc/self/cwd/b.hpp:1 ");
  CHECK(words("# 1 \"/usr/../proc/self/cwd/b.hpp\" 1\none\n") == "one@/usr/../proc/self/cwd/b.hpp:1 ");
}

TEST_CASE("a raw string holds no markers, and more returns than entries do no harm") {
  CHECK(words("# 1 \"./a.cpp\"\nR\"(\n# 1 \"/usr/x.h\" 1 3\n)\" one\n").ends_with("one@a.cpp:3 "));
  CHECK(words("# 1 \"./a.cpp\" 2\n# 2 \"./a.cpp\" 2\none\n") == "one@a.cpp:2 ");
}

TEST_CASE("any bytes at all are read") {
  std::mt19937 random(21);
  const std::string alphabet = "# 12\"./a\\\n3R()/x";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const OwnTokens own = own_tokens(text);
    for (const OwnToken& token : own.tokens) CHECK(own.place(token).line >= 1);
  }
}

}  // namespace racecourse
