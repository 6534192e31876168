// Mounts a file system in its own folder.
#include "rest_of_the_lab.hpp"

#include <sys/mount.h>

bool attack() {
  return ::mount("tmpfs", ".", "tmpfs", 0, nullptr) == 0;
}
