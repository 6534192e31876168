// Includes the compiler's standard input, where there is nothing.
#include "/dev/stdin"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
