// Includes a pipe outside, into which nobody writes: whoever opens it waits for ever.
#include "CANARY_FOLDER/pipe"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
