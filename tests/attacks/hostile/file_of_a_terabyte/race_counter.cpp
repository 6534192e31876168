// Makes a file of a terabyte that holds nothing.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("sparse", O_CREAT | O_WRONLY, 0600);
  return ::ftruncate(file, 1ll << 40) == 0;
}
