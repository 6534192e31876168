// Calls a function whose name has a hundred thousand letters and that nobody defines.
#define TEN(x) x x x x x x x x x x
#include "rest_of_the_lab.hpp"
template <char...>
void nowhere();
bool attack() {
#define LETTERS 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j',
  nowhere<TEN(TEN(TEN(TEN(LETTERS)))) 'k'>();
  return true;
}
