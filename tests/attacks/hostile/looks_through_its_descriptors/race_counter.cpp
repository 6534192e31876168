// Looks for a folder or a file of the judge among its open descriptors.
#include "rest_of_the_lab.hpp"

#include <dirent.h>
#include <sys/stat.h>

bool attack() {
  for (int fd = 0; fd < 1024; ++fd) {
    struct stat status;
    if (::fstat(fd, &status) == 0 && (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode))) return true;
  }
  return false;
}
