// Many processes with a little memory each.
#include "rest_of_the_lab.hpp"

#include <cstring>

bool attack() {
  for (int i = 0; i < 40; ++i)
    in_a_child([] {
      char volatile* const memory = new char[4u << 20];
      for (unsigned i = 0; i < 4u << 20; i += 4096) memory[i] = 1;
      ::sleep(60);
    });
  ::sleep(60);
  return true;
}
