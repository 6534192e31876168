// Computes for minutes while it is compiled, in portions that the compiler allows.
constexpr int work(int seed) {
  int sum = seed;
  for (int i = 0; i < 250'000; ++i)
    for (int j = 0; j < 10; ++j) sum ^= i * j;
  return sum;
}
template <int... Seeds>
struct Portions {};
#define TEN(n) work(n), work(n + 1), work(n + 2), work(n + 3), work(n + 4), work(n + 5), work(n + 6), work(n + 7)
Portions<TEN(0), TEN(10), TEN(20), TEN(30), TEN(40), TEN(50)> portions;
Portions<TEN(100), TEN(110), TEN(120), TEN(130), TEN(140), TEN(150)> more;
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
