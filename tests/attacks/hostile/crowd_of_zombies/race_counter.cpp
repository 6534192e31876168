// Children that have ended and that nobody waits for.
#include "rest_of_the_lab.hpp"

bool attack() {
  for (int i = 0; i < 30; ++i) in_a_child([] {});
  ::usleep(100'000);
  return false;
}
