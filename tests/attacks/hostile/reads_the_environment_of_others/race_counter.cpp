// Reads the environment of another process.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("/proc/VICTIM/environ", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
