// Gives one file names without end.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  ::close(::open("f", O_CREAT | O_WRONLY, 0600));
  for (int i = 0;; ++i) (void)!::link("f", ("f" + std::to_string(i)).c_str());
}
