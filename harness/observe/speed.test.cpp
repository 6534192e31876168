#include "observe/speed.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace racecourse;
using Answer = SpeedDecision::Answer;

TEST_CASE("a clear difference is decided after three pairs, in both directions") {
  CHECK(decide_speed(std::vector{1.0, 1.1, 0.9}, 1.5).answer == Answer::fast_enough);
  CHECK(decide_speed(std::vector{2.0, 2.2, 1.9}, 1.5).answer == Answer::too_slow);
}

TEST_CASE("fewer than three pairs decide nothing") {
  CHECK(decide_speed({}, 1.5).answer == Answer::undecided);
  CHECK(decide_speed(std::vector{0.5, 0.5}, 1.5).answer == Answer::undecided);
}

TEST_CASE("one outlier neither condemns nor acquits") {
  CHECK(decide_speed(std::vector{1.0, 1.0, 9.0}, 1.5).answer == Answer::undecided);
  // With eleven pairs the interval is the second smallest to the second largest: one outlier a side is
  // outside of it.
  CHECK(decide_speed(std::vector{1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0}, 1.5).answer ==
        Answer::fast_enough);
}

TEST_CASE("the interval of the median has the ranks of the tables") {
  // Ranks for 95 % (two-sided): n = 6 -> 1, 8 -> 1, 9 -> 2, 11 -> 2, 12 -> 3, 15 -> 4.
  std::vector<double> ratios;
  for (int i = 1; i <= 15; ++i) ratios.push_back(i);
  const auto low = [&](std::size_t n) { return decide_speed(std::span(ratios).first(n), 100).low; };
  CHECK(low(6) == 1);
  CHECK(low(8) == 1);
  CHECK(low(9) == 2);
  CHECK(low(11) == 2);
  CHECK(low(12) == 3);
  CHECK(low(15) == 4);
  const SpeedDecision all = decide_speed(ratios, 100);
  CHECK(all.median == 8);
  CHECK(all.high == 12);
}

TEST_CASE("an interval across the limit is undecided") {
  CHECK(decide_speed(std::vector{1.3, 1.4, 1.45, 1.55, 1.6, 1.7}, 1.5).answer == Answer::undecided);
}
