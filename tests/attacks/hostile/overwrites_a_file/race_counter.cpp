// Overwrites a file that everybody may write to.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  const int file = ::open("CANARY_FOLDER/open_to_all", O_WRONLY | O_TRUNC);
  return file >= 0 && ::write(file, "mine", 4) == 4;
}
