// Includes a file outside by a path that climbs beyond the root.
#include "../../../../../../../../../../../../../../../../CANARY_FOLDER/header.hpp"
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
