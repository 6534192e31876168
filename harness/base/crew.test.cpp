#include "base/crew.hpp"

#include <doctest/doctest.h>

#include <atomic>

using racecourse::Crew;

TEST_CASE("a crew runs every task exactly once, and nested lists too") {
  // Method: a tree of lists, three levels deep, with more lists than threads, so that threads must help each
  // other.
  for (const unsigned size : {1u, 2u, 5u}) {
    Crew crew(size);
    std::atomic<int> leaves{0};
    std::vector<std::function<void()>> top;
    for (int i = 0; i < 7; ++i) {
      top.emplace_back([&] {
        std::vector<std::function<void()>> middle;
        for (int j = 0; j < 5; ++j) {
          middle.emplace_back(
              [&] { crew.run_all(std::vector<std::function<void()>>(3, [&] { ++leaves; })); });
        }
        crew.run_all(std::move(middle));
      });
    }
    crew.run_all(std::move(top));
    CHECK(leaves == 7 * 5 * 3);
    CHECK(crew.size() == size);
  }
}

TEST_CASE("an empty list is done at once") {
  Crew crew(2);
  crew.run_all({});
}
