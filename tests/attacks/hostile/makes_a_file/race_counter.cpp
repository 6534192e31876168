// Makes a file in a folder that everybody may write to.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  return ::open("CANARY_FOLDER/new", O_CREAT | O_WRONLY, 0600) >= 0;
}
