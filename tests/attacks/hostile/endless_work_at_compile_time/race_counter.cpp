// A loop without end in a constant.
constexpr int endless() {
  int i = 0;
  for (;;) i ^= 1;
}
constexpr int never = endless();
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
