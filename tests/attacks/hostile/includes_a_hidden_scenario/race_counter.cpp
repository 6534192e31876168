// Includes a hidden scenario, to find its text in the compiler's complaints.
#include "CLONE_FOLDER/labs/race_counter/scenarios/room_is_never_refused.cpp"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
