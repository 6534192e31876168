// Deletes a file.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ::unlink("CANARY_FOLDER/open_to_all") == 0;
}
