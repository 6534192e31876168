#include "model/points.hpp"

#include <doctest/doctest.h>

namespace racecourse {

namespace {

Points of(std::int64_t hundredths) { return Points::of_hundredths(hundredths); }

}  // namespace

TEST_CASE("points print with the decimals they need") {
  CHECK(of(0).text() == "0");
  CHECK(of(700).text() == "7");
  CHECK(of(750).text() == "7.5");
  CHECK(of(725).text() == "7.25");
  CHECK(of(705).text() == "7.05");
  CHECK(of(5).text() == "0.05");
  CHECK(of(-5).text() == "-0.05");
  CHECK(of(-1050).text() == "-10.5");
}

TEST_CASE("rounding finds the hundredth that was meant, halves away from zero") {
  CHECK(Points::rounded(7.1) == of(710));
  CHECK(Points::rounded(0.29) == of(29));
  CHECK(Points::rounded(0.125) == of(13));
  CHECK(Points::rounded(-0.125) == of(-13));
  CHECK(Points::rounded(1.004) == of(100));
}

TEST_CASE("shares are rounded to the nearest hundredth, halves up") {
  CHECK(of(100).scaled(1, 3) == of(33));
  CHECK(of(100).scaled(2, 3) == of(67));
  CHECK(of(5).scaled(1, 2) == of(3));
  CHECK(of(-5).scaled(1, 2) == of(-2));
  CHECK(of(-100).scaled(1, 3) == of(-33));
  CHECK(of(333).scaled(3, 2) == of(500));  // 499.5
  CHECK(of(100).scaled(0, 7) == of(0));
  // The product needs more than 64 bits; the result does not.
  CHECK(of(1'000'000'000'000).scaled(1'000'000'000, 1'000'000'000) == of(1'000'000'000'000));
}

TEST_CASE("sums are exact in any order") {
  Points forward;
  Points backward;
  for (int i = 1; i <= 1'000; ++i) forward += Points::rounded(i * 0.01);
  for (int i = 1'000; i >= 1; --i) backward += Points::rounded(i * 0.01);
  CHECK(forward == backward);
  CHECK(forward == of(500'500));
  CHECK(of(3) - of(5) == of(-2));
  CHECK(of(3) < of(5));
  CHECK(of(250).value() == 2.5);
}

}  // namespace racecourse
