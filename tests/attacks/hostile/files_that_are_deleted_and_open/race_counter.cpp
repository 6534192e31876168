// Fills the disk with files that have no name any more.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  static char chunk[15u << 20] = {1};
  for (int i = 0; i < 6; ++i) {
    const int file = ::open("f", O_CREAT | O_WRONLY, 0600);
    ::unlink("f");
    if (::write(file, chunk, sizeof chunk) != sizeof chunk) break;
  }
  ::usleep(100'000);
  return true;
}
