// An expression of twenty thousand signs: each is within the next.
#define TEN(x) x x x x x x x x x x
#define NOT ~
int deep = TEN(TEN(TEN(TEN(NOT NOT)))) 1;
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
