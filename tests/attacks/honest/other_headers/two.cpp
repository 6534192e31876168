#include "two.h"
int two_of_mine() { return 2; }
