// Makes folders within folders, deeper than any path can say.
#include "rest_of_the_lab.hpp"

#include <sys/stat.h>

bool attack() {
  for (int i = 0; i < 100'000; ++i)
    if (::mkdir("a_folder_with_a_rather_long_name", 0700) != 0 || ::chdir("a_folder_with_a_rather_long_name") != 0) break;
  ::sleep(60);
  return true;
}
