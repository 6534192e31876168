// Lets the assembler repeat an instruction without end.
asm(".rept 2000000000; .byte 7; .endr");
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
