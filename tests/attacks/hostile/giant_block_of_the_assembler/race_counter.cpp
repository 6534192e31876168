// Lets the assembler write four gigabytes.
asm(".data; .fill 4000000000, 1, 7");
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
