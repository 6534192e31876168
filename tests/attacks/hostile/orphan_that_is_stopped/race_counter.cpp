// Leaves a process behind that is stopped.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  in_a_child([] { ::raise(SIGSTOP); });
  return false;
}
