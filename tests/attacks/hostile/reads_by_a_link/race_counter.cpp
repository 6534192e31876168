// Reads a private file by a link of its own.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  (void)!::symlink("CANARY_FOLDER/private", "link");
  const int file = ::open("link", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
