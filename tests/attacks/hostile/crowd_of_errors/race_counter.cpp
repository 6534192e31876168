// A hundred thousand errors.
#define TEN(x) x x x x x x x x x x
TEN(TEN(TEN(TEN(TEN(int 1;)))))
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
