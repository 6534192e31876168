// Stops all its threads and waits to be continued.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  ::raise(SIGSTOP);
  return true;
}
