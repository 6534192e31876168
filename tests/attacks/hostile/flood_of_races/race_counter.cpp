// Has more races than anybody reads.
#define ATTACK_EVERY_COUNTER
#include "rest_of_the_lab.hpp"

bool attack() {
  static int shared[1000];
  const auto touch = [] {
    for (int& number : shared) ++number;
  };
  std::thread first(touch), second(touch);
  first.join();
  second.join();
  return true;
}
