// Sleeps for ever.
#include "rest_of_the_lab.hpp"

bool attack() {
  for (;;) ::sleep(1000);
}
