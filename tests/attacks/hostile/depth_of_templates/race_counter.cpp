// A template that needs itself, one deeper, without end.
template <int Depth>
struct Deeper : Deeper<Depth + 1> {};
Deeper<0> deepest;
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
