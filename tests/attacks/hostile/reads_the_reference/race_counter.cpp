// Reads the reference solution.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("CLONE_FOLDER/reference/race_counter/race_counter.cpp", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
