// Kills every process that it may.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  ::kill(-1, SIGKILL);
  ::usleep(100'000);
  return false;
}
