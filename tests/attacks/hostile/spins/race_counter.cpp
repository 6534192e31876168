// Never ends, whatever it is asked.
#include "rest_of_the_lab.hpp"

#include <csignal>

bool attack() {
  for (int signal = 1; signal < 64; ++signal) ::signal(signal, SIG_IGN);
  for (;;) (void)::getppid();
}
