#include "model/nearest_name.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace racecourse {

namespace {

std::string nearest(std::string_view word, std::vector<std::string_view> names) {
  const auto name = nearest_name(word, names);
  return name ? std::string(*name) : "none";
}

}  // namespace

TEST_CASE("a slip of the keyboard finds the name that was meant") {
  CHECK(nearest("ponts", {"name", "points"}) == "points");    // A letter lost.
  CHECK(nearest("poinnts", {"name", "points"}) == "points");  // A letter doubled.
  CHECK(nearest("pointz", {"name", "points"}) == "points");   // A wrong letter.
  CHECK(nearest("poinst", {"name", "points"}) == "points");   // Two swapped.
  CHECK(nearest("deduction_per_dya_percnt", {"deduction_per_day_percent"}) == "deduction_per_day_percent");
}

TEST_CASE("what is far away, or short and different, is not guessed") {
  CHECK(nearest("author", {"name", "points"}) == "none");
  CHECK(nearest("ab", {"cd"}) == "none");
  CHECK(nearest("x", {"y"}) == "none");
  CHECK(nearest("", {"a"}) == "none");
  CHECK(nearest("lab", {}) == "none");
  CHECK(nearest(std::string(65, 'a'), {"aaaa"}) == "none");
}

TEST_CASE("the nearest wins, the first among equals") {
  CHECK(nearest("race", {"rates", "races"}) == "races");
  CHECK(nearest("pat", {"bat", "cat"}) == "bat");
}

TEST_CASE("lists of names read as a sentence") {
  CHECK(either_of({}) == "");
  CHECK(either_of(std::vector<std::string_view>{"a"}) == "a");
  CHECK(either_of(std::vector<std::string_view>{"a", "b"}) == "a or b");
  CHECK(either_of(std::vector<std::string_view>{"a", "b", "c"}) == "a, b or c");
}

}  // namespace racecourse
