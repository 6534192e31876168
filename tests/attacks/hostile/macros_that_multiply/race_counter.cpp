// A macro of a few lines that stands for ten thousand million words.
#define A(x) x x x x x x x x x x
#define B(x) A(A(A(A(A(x)))))
#define ONE 1,
int words[] = {B(B(ONE))};
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
