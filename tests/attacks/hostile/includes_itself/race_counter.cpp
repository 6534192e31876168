// Includes itself without end.
#include __FILE__
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
