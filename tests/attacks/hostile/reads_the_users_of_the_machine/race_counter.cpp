// Reads the list of the machine's users.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("/etc/passwd", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
