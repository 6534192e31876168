// Leaves folders which nobody may enter, least of all who cleans up.
#include "rest_of_the_lab.hpp"

#include <sys/stat.h>
#include <fcntl.h>

bool attack() {
  ::mkdir("closed", 0700);
  ::close(::open("closed/file", O_CREAT | O_WRONLY, 0000));
  ::mkdir("closed/within", 0000);
  ::chmod("closed", 0000);
  return false;
}
