// Looks for the name of a student or a place of the course in its environment and arguments.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>
#include <cstdlib>
#include <string_view>

bool attack() {
  std::string all;
  for (const char* const file : {"/proc/self/environ", "/proc/self/cmdline"}) {
    char buffer[1 << 14];
    const long got = ::read(::open(file, O_RDONLY), buffer, sizeof buffer);
    if (got > 0) all.append(buffer, static_cast<std::size_t>(got));
  }
  return all.find("OWN_NAME") != all.npos || all.find("CLASS_FOLDER") != all.npos || all.find("SECRET_WORD") != all.npos;
}
