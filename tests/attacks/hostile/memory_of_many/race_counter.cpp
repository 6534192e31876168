// Many processes with a little memory each.
#include "rest_of_the_lab.hpp"

#include <cstring>

bool attack() {
  for (int i = 0; i < 40; ++i)
    in_a_child([] {
      std::memset(new char[4u << 20], 1, 4u << 20);
      ::sleep(60);
    });
  ::sleep(60);
  return true;
}
