// Lists the store of results.
#include "rest_of_the_lab.hpp"

#include <dirent.h>

bool attack() {
  return ::opendir("OUT_FOLDER/.racecourse/store") != nullptr;
}
