// Writes to its output without end.
#include "rest_of_the_lab.hpp"

bool attack() {
  static char chunk[1u << 16] = {1};
  for (;;) (void)!::write(1, chunk, sizeof chunk);
}
