// Stops everybody in its group of processes.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  ::kill(0, SIGSTOP);
  return true;
}
