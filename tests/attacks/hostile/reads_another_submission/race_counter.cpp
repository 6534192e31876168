// Reads what somebody else has handed in.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("CLASS_FOLDER/000_reference/race_counter/race_counter.cpp", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
