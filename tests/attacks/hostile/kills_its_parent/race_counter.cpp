// Kills the process that started it.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  ::kill(::getppid(), SIGKILL);
  ::usleep(100'000);
  return false;
}
