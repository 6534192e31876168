// Takes a file away by another name.
#include "rest_of_the_lab.hpp"

#include <cstdio>

bool attack() {
  return std::rename("CANARY_FOLDER/open_to_all", "CANARY_FOLDER/gone") == 0;
}
