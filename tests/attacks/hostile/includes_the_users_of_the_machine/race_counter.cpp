// Includes the list of the machine's users, to find it in the compiler's complaints.
#include "/etc/passwd"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
