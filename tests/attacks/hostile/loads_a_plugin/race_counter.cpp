// Asks the compiler to load a library of its own.
#pragma GCC plugin "CANARY_FOLDER/plugin.so"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
