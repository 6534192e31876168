// Reads somebody else's grade.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("OUT_FOLDER/000_reference/grade.json", O_RDONLY);
  char byte = 0;
  return file >= 0 && ::read(file, &byte, 1) == 1;
}
