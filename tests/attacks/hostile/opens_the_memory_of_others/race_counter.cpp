// Opens the memory of another process.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  return ::open("/proc/VICTIM/mem", O_RDWR) >= 0;
}
