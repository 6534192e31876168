#include "model/json_reader.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

#include "model/course_json.hpp"
#include "model/decoding_cases.hpp"
#include "model/grade_json.hpp"
#include "model/lab_result_json.hpp"
#include "model/terms.hpp"

namespace racecourse {

namespace {

// The complaint about `text` after `ask` has asked its questions of the root.
template <class Ask>
std::string complaint(std::string_view text, Ask ask) {
  const auto document = JsonDocument::parse(text, "x.json");
  if (!document) return document.error().message;
  ask(document->root());
  const auto status = document->status();
  return status ? "none" : status.error().message;
}

}  // namespace

TEST_CASE("the first complaint wins and later questions get harmless answers") {
  const auto document = JsonDocument::parse(R"({"a": "x", "b": []})", "x.json");
  REQUIRE(document);
  const JsonCursor root = document->root();
  CHECK(document->status());
  CHECK(root.required("a").integer(3, 9) == 3);
  CHECK(root.required("c").required("d").text().empty());
  CHECK(root.required("c").elements().empty());
  CHECK_FALSE(root.required("c").boolean());
  CHECK(root.required("c").natural() == 0);
  CHECK(root.required("c").number() == 0);
  CHECK(root.required("c").hundredths(1) == Points{});
  CHECK(root.required("c").term(all_verdicts()) == Verdict::passed);
  CHECK(root.required("c").line(5).empty());
  CHECK(root.required("c").members().empty());
  CHECK(document->status().error().message ==
        "read x.json: /a: expected a whole number from 3 to 9, got \"x\"");
}

TEST_CASE("values are shown short, on one line and without control characters") {
  const auto ask = [](const JsonCursor& root) { (void)root.boolean(); };
  CHECK(complaint("null", ask) == "read x.json: expected true or false, got null");
  CHECK(complaint("[]", ask) == "read x.json: expected true or false, got an empty array");
  CHECK(complaint("[1]", ask) == "read x.json: expected true or false, got an array");
  CHECK(complaint("{\"a\":1}", ask) == "read x.json: expected true or false, got an object");
  CHECK(complaint("\"a\\nb\\u001b[2J\"", ask) ==
        "read x.json: expected true or false, got \"a\\nb\\u001b[2J\"");
  CHECK(complaint("\"\xC2\x9B\"", ask) == "read x.json: expected true or false, got \"\\xc2\\x9b\"");
  const std::string shown = complaint("\"" + std::string(5'000, 'y') + "\"", ask);
  CHECK(shown == "read x.json: expected true or false, got \"" + std::string(80, 'y') + "…\"");
  // 79 bytes and then a letter of two: the cut falls before it.
  const std::string cut = complaint("\"" + std::string(79, 'y') + "яяя\"", ask);
  CHECK(cut == "read x.json: expected true or false, got \"" + std::string(79, 'y') + "…\"");
}

TEST_CASE("pointers are escaped as RFC 6901 says and fit on one line") {
  const auto ask = [](const JsonCursor& root) {
    for (const auto& [key, value] : root.members()) (void)value.text();
  };
  CHECK(complaint(R"({"a/b~c": 1})", ask) == "read x.json: /a~1b~0c: expected a string, got 1");
  CHECK(complaint(R"({"a\nb": 1})", ask) == "read x.json: /a\\nb: expected a string, got 1");
  CHECK(complaint(R"({"": 1})", ask) == "read x.json: /: expected a string, got 1");
}

TEST_CASE("bytes that are no UTF-8 are a syntax error that stays printable") {
  const std::string message = complaint("{\"a\": \"\xFF\"}", [](const JsonCursor&) {});
  CHECK(message ==
        "read x.json: line 1, column 7: expected JSON, got \"\\xff (invalid string: ill-formed UTF-8 byte)");
}

TEST_CASE("columns count characters, and a byte order mark is none") {
  const auto ask = [](const JsonCursor&) {};
  CHECK(complaint("{\"я\": x}", ask) ==
        "read x.json: line 1, column 7: expected JSON, got x (invalid literal)");
  CHECK(complaint("\xEF\xBB\xBF{\"я\": x}", ask) ==
        "read x.json: line 1, column 7: expected JSON, got x (invalid literal)");
  CHECK(complaint("\xEF\xBB\xBF{\r\n\"a\" 1}", ask) == "read x.json: line 2, column 5: expected ':', got 1");
}

TEST_CASE("whole numbers keep all their digits") {
  const auto document =
      JsonDocument::parse("[18446744073709551615, -9223372036854775808, 9007199254740992.0, 1e3]", "x");
  REQUIRE(document);
  const auto elements = document->root().elements();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  CHECK(elements[0].natural() == std::numeric_limits<std::uint64_t>::max());
  CHECK(elements[1].integer(kMin, kMax) == kMin);
  CHECK(elements[2].integer(kMin, kMax) == 9007199254740992);
  CHECK(elements[3].natural() == 1'000);
  CHECK(document->status());
  (void)elements[0].integer(kMin, kMax);
  CHECK_FALSE(document->status());
}

TEST_CASE("a file is read through links; one that is missing or too large is a usage error") {
  const auto scratch = ScratchDirectory::make(fs::temp_directory_path());
  REQUIRE(scratch);
  const fs::path file = scratch->path() / "real.json";
  REQUIRE(write_file_atomically(file, "{\"a\": 1}"));
  fs::create_symlink("real.json", scratch->path() / "link.json");
  CHECK(JsonDocument::read(scratch->path() / "link.json", 100));
  const auto large = JsonDocument::read(file, 5);
  REQUIRE_FALSE(large);
  CHECK(large.error().message == "read " + file.string() + ": it is larger than 5 bytes");
  CHECK(large.error().kind == ErrorKind::usage);
  const auto missing = JsonDocument::read(scratch->path() / "none.json", 100);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::usage);
  // A name from the command line may hold anything.
  const auto odd = JsonDocument::read("a\x1b\xFF.json", 100);
  CHECK(odd.error().message == "read a\\x1b\\xff.json: No such file or directory");
}

// Goal: no text, however broken, makes a decoder crash, throw or answer without naming the file. Method:
// seeded damage of good texts (a byte changed, dropped, doubled, a piece moved), the same in every run.
TEST_CASE("damaged text never does worse than an error that names the file") {
  std::mt19937 random(20'250'301);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  std::vector<std::string> seeds;
  for (const char* file : {"grading_cases.json", "lab_cases.json"})
    for (const auto& each : decoding_cases(file).good) seeds.push_back(each.text);
  constexpr std::string_view kBytes =
      "{}[]\",:\\/0-1e.tfn \n\xFF\x00я"
      "u";
  const AvailableLabs labs = {{"counter", "queue"},
                              [](const std::string&) -> Result<Lab> { return usage_error("read the lab"); }};
  std::size_t read = 0;
  for (int round = 0; round < 1'000; ++round) {
    std::string text = seeds[below(seeds.size())];
    for (std::size_t damages = 1 + below(4); damages > 0 && !text.empty(); --damages) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = kBytes[below(kBytes.size())];
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), 1 + below(20)));
          break;
        default:
          text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), kBytes[below(kBytes.size())]);
      }
    }
    const auto course = parse_course(text, "fuzz.json", labs);
    const auto grade = parse_grade(text, "fuzz.json");
    const auto result = parse_lab_result(text, "fuzz.json");
    for (const Error* error : {course ? nullptr : &course.error(), grade ? nullptr : &grade.error(),
                               result ? nullptr : &result.error()}) {
      if (error == nullptr) continue;
      const bool is_named =
          error->message.starts_with("read fuzz.json: ") || error->message == "read the lab";
      CHECK_MESSAGE(is_named, error->message);
      CHECK_MESSAGE(error->message.find('\n') == std::string::npos, error->message);
      CHECK(error->kind == ErrorKind::usage);
      read += error->message == "read the lab" ? 1 : 0;
    }
    CHECK_FALSE(grade);
    CHECK_FALSE(result);
  }
  // Some damage is harmless; if none were, the decoder would never have been reached.
  CHECK(read > 10);
}

}  // namespace racecourse
