// Stops another process.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  return ::kill(VICTIM, SIGSTOP) == 0;
}
