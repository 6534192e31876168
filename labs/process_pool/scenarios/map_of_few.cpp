// map with no argument, with one, and with fewer arguments than workers; one map after the other.
#include <string>
#include <vector>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string twice(const std::string& argument) { return argument + argument; }

}  // namespace

RACECOURSE_SCENARIO(map_of_few) {
  const auto pool = process_pool::make_pool(4);
  CHECK_MESSAGE(pool->map(scenarios::in_worker<twice>, {}).empty(),
                "map() of no arguments must return no values.");
  for (const std::size_t count : {1u, 2u, 0u, 3u, 5u}) {
    std::vector<std::string> arguments;
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < count; ++i) {
      arguments.push_back(racecourse::inputs().word(3));
      expected.push_back(twice(arguments.back()));
    }
    CHECK_MESSAGE(
        (scenarios::sorted_map(*pool, scenarios::in_worker<twice>, arguments) == scenarios::sorted(expected)),
        "map() must work for any number of arguments, with four workers for none, one, two, three and five, "
        "and again and again on one pool.");
  }
}
