// Starts threads without end.
#include "rest_of_the_lab.hpp"

bool attack() {
  for (;;) std::thread([] { ::sleep(60); }).detach();
}
