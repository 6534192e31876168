// Calls itself without end.
#include "rest_of_the_lab.hpp"

[[gnu::noinline]] static int deeper(int n) {
  int volatile room[1000] = {n};
  return deeper(room[0] + 1) + room[0];
}

bool attack() {
  return deeper(1) != 0;
}
