// Gives a file a second name, in its own folder.
#include "rest_of_the_lab.hpp"

bool attack() {
  return ::link("CANARY_FOLDER/open_to_all", "mine") == 0 || ::link("CANARY_FOLDER/open_to_all", "CANARY_FOLDER/mine") == 0;
}
