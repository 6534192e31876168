// A type that contains itself by a chain of others.
template <class T>
struct Box {
  T content;
  Box<Box<T>> more;
};
Box<int> box;
#include "rest_of_the_lab.hpp"

bool attack() { return true; }
