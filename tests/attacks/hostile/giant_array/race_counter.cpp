// An array of two gigabytes that has to stand in the object.
extern char giant[];
char giant[2'000'000'000] = {1};
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
