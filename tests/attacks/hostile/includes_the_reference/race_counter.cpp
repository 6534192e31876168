// Is the reference, by an include.
#include "CLONE_FOLDER/reference/race_counter/race_counter.cpp"
