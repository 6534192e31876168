// Keeps a hundred megabytes in files without a path, none of it mapped.
#include "rest_of_the_lab.hpp"

#include <sys/mman.h>

bool attack() {
  static char chunk[1u << 20] = {1};
  for (int i = 0; i < 20; ++i) {
    const int file = ::memfd_create("left", 0);
    for (int megabyte = 0; megabyte < 8; ++megabyte)
      if (::write(file, chunk, sizeof chunk) != sizeof chunk) return false;
  }
  return true;
}
