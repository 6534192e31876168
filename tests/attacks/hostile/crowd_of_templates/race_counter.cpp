// A template that needs two others at each of two hundred levels.
template <int Depth, unsigned long Path>
struct Tree {
  Tree<Depth - 1, Path * 2> left;
  Tree<Depth - 1, Path * 2 + 1> right;
};
template <unsigned long Path>
struct Tree<0, Path> {};
Tree<64, 1> tree;
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
