// Gives a file to somebody else.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ::chown("CANARY_FOLDER/open_to_all", 12345, 12345) == 0;
}
