// Writes to its standard error without end, from every thread.
#include "rest_of_the_lab.hpp"

bool attack() {
  static char chunk[1u << 12] = {27};
  for (int i = 0; i < 4; ++i)
    std::thread([] {
      for (;;) (void)!::write(2, chunk, sizeof chunk);
    }).detach();
  for (;;) ::sleep(1);
}
