// Two pools live at the same time and end one after the other, the older one first and then the younger one
// first. The younger pool's workers were forked while the older pool's channels were open.
#include <string>
#include <vector>

#include "footprint.hpp"
#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string mark(const std::string& argument) { return argument + "!"; }

void check_works(process_pool::Pool& pool) {
  const std::string word = racecourse::inputs().word(4);
  const bool right = scenarios::sorted_map(pool, scenarios::in_worker<mark>, {word, "B", "C"}) ==
                     std::vector<std::string>{"B!", "C!", word + "!"};
  CHECK_MESSAGE(right, "Each of two pools must run its own tasks.");
}

}  // namespace

RACECOURSE_SCENARIO(two_pools_at_once) {
  for (const bool older_first : {true, false}) {
    const scenarios::Footprint before;
    const auto older = process_pool::make_pool(2);
    check_works(*older);
    const auto younger = process_pool::make_pool(2);
    check_works(*younger);
    check_works(*older);
    process_pool::Pool& first = older_first ? *older : *younger;
    process_pool::Pool& second = older_first ? *younger : *older;
    first.close();
    first.join();
    check_works(second);
    second.close();
    second.join();
    before.check_nothing_left("after join() of two pools");
  }
}
