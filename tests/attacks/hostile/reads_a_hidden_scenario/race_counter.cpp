// Reads a hidden scenario.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("CLONE_FOLDER/labs/race_counter/scenarios/room_is_never_refused.cpp", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
