// Sets options of the compiler in its text.
#pragma GCC optimize("O0", "no-exceptions-in-vain")
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wpragmas"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
