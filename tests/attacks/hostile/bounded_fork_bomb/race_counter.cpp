// Makes a thousand processes, each of which waits.
#include "rest_of_the_lab.hpp"

bool attack() {
  for (int i = 0; i < 1000; ++i) in_a_child([] { ::sleep(60); });
  ::sleep(60);
  return true;
}
