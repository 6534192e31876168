#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "explore.hpp"

int main(int argc, char** argv) {
  // Before doctest allocates: what is allocated until here belongs to the world's initial state.
  racecourse::schedules::world_is_loaded();
  doctest::Context context(argc, argv);
  return context.run();
}
