// Cuts a file without opening it.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ::truncate("CANARY_FOLDER/open_to_all", 1) == 0;
}
