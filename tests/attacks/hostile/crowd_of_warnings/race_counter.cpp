// A hundred thousand warnings, and no error.
#define TEN(x) x x x x x x x x x x
#define COMPARE if (signed_number < unsigned_number) ++unsigned_number;
#include "rest_of_the_lab.hpp"
bool attack() {
  int volatile signed_number = 1;
  unsigned volatile unsigned_number = 2;
  TEN(TEN(TEN(TEN(COMPARE))))
  return true;
}
