// Has an array of a terabyte, and never touches it.
#include "rest_of_the_lab.hpp"

static char giant[1ull << 30];
bool attack() { return giant[12345] == 0; }
