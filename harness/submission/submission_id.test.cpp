#include "submission/submission_id.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/text.hpp"

namespace racecourse {

namespace {

NamedSubmission named(const std::string& name) {
  return {.name = name, .file = name, .path = "class/" + name};
}

std::vector<std::string> ids_of(const std::vector<std::string>& names) {
  std::vector<NamedSubmission> submissions;
  for (const std::string& name : names) submissions.push_back(named(name));
  return make_ids(submissions);
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

}  // namespace

TEST_CASE("an id says the name as far as a name can be trusted") {
  struct Row {
    std::string name, id;
  };
  const std::vector<Row> rows = {
      {"alice", "alice"},
      {"Alice Smith", "Alice Smith"},
      {"Иванов Иван", "Иванов Иван"},
      {"O'Brien", "O'Brien"},
      {"say \"hi\"", "say _hi_"},
      {"two\nlines\tand\rmore", "two_lines_and_x0dmore"},
      {"bad\xFF\xFE", "bad_xff_xfe"},
      {"-rf", "_rf"},
      {".hidden", "_hidden"},
      {"..", "submission"},
      {"", "submission"},
      {"   ", "submission"},
      {" padded. ", "padded"},
      {"a/b\\c", "a_b_c"},
      {"con:1*?", "con_1__"},
      {"evil\xE2\x80\xAEgnp", "evil_xe2_x80_xaegnp"},  // U+202E turns the direction of what follows.
      {"zero\xE2\x80\x8Bwidth", "zero_width"},         // U+200B.
      {"\xEF\xBB\xBFmarked", "_marked"},               // A byte order mark.
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(plain_id(row.name) == row.id);
  }
}

TEST_CASE("an id has a bounded length and ends between characters") {
  CHECK(plain_id(std::string(5000, 'a')).size() == 100);
  std::string cyrillic = "a";  // So that the cut at an even place falls into the middle of a character.
  for (int i = 0; i < 500; ++i) cyrillic += "я";
  const std::string id = plain_id(cyrillic);
  CHECK(id.size() == 99);
  CHECK(printable(id) == id);
}

TEST_CASE("names that would share an id all carry a hash, in whatever order they come") {
  const auto ids = ids_of({"alice", "Alice", "bob"});
  CHECK(ids[0].starts_with("alice-"));
  CHECK(ids[1].starts_with("Alice-"));
  CHECK(ids[2] == "bob");
  CHECK(ids[0].size() == std::string("alice-01234567").size());
  const auto reversed = ids_of({"bob", "Alice", "alice"});
  CHECK(reversed[2] == ids[0]);
  CHECK(reversed[1] == ids[1]);
  // Different bytes, the same visible form.
  const auto broken = ids_of({"a\nb", "a\"b", "a_b"});
  CHECK(std::set<std::string>(broken.begin(), broken.end()).size() == 3);
}

TEST_CASE("nobody can choose a name that takes somebody else's id") {
  // alice and Alice get hashed ids; a third student calls his folder what alice's id will be.
  const std::string wanted = ids_of({"alice", "Alice"})[0];
  const auto ids = ids_of({"alice", "Alice", wanted});
  CHECK(ids[0] == wanted);
  CHECK(ids[2] != wanted);
  CHECK(ids[2].starts_with(wanted + "-"));
}

TEST_CASE("the same name in two folders gives two ids, and the output folder's own files keep their names") {
  const auto ids = make_ids({{.name = "alice", .file = "alice", .path = "monday/alice"},
                             {.name = "alice", .file = "alice", .path = "friday/alice"},
                             {.name = "Summary.json", .file = "Summary.json", .path = "c/Summary.json"},
                             {.name = "grades.csv", .file = "grades.csv", .path = "c/grades.csv"}});
  CHECK(ids[0] != ids[1]);
  CHECK(ids[0].starts_with("alice-"));
  CHECK(ids[2].starts_with("Summary.json-"));
  CHECK(ids[3].starts_with("grades.csv-"));
}

TEST_CASE("any set of names gives safe and distinct ids") {
  // Goal: the promises of the header for names that nobody thought of. Method: seeded random bytes from an
  // alphabet that is rich in trouble, 300 sets of 20 names.
  const std::string alphabet = "aAbB-. /\\\n\t\"'\xFF\xE2\x80\xAE\xD0\xAF\x01\x7F:0123456789abcdef";
  std::mt19937 random(20240611);
  for (int round = 0; round < 300; ++round) {
    std::set<std::string> names;
    while (names.size() < 20) {
      std::string name;
      const std::size_t size = 1 + random() % 14;
      for (std::size_t i = 0; i < size; ++i) name += alphabet[random() % alphabet.size()];
      names.insert(name);
    }
    std::set<std::string> folded;
    for (const std::string& id : ids_of({names.begin(), names.end()})) {
      CAPTURE(id);
      REQUIRE(!id.empty());
      REQUIRE(id.size() <= kIdBytesMax);
      REQUIRE(printable(id) == id);
      REQUIRE(id.find_first_of("/\\\n\t\"") == std::string::npos);
      REQUIRE(id[0] != '-');
      REQUIRE(id[0] != '.');
      REQUIRE(folded.insert(lower(id)).second);
    }
  }
}

}  // namespace racecourse
