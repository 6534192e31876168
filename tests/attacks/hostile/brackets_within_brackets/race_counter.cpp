// An expression in a hundred thousand brackets.
#define TEN_OPEN(x) x x x x x x x x x x
#define TWO_HUNDRED_THOUSAND(x) TEN_OPEN(TEN_OPEN(TEN_OPEN(TEN_OPEN(TEN_OPEN(x x)))))
#define NOT ~
int deep = TWO_HUNDRED_THOUSAND(NOT) 1;
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
