// Takes a private file into its object, byte by byte.
asm(".incbin \"CANARY_FOLDER/private\"");
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
