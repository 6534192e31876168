// Reads a file outside as a precompiled header.
#pragma GCC pch_preprocess "CANARY_FOLDER/header.hpp"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
