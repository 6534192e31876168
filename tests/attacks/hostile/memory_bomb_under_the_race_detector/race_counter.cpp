// Fills memory wherever it runs, so also where ThreadSanitizer keeps several times as much beside it.
#define ATTACK_EVERY_COUNTER
#include "rest_of_the_lab.hpp"

#include <cstring>

bool attack() {
  for (;;) {
    char* const memory = new char[1u << 20];
    std::memset(memory, 1, 1u << 20);
  }
}
