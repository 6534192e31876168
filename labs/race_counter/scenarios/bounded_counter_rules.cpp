// Goal: the rules of the bounded counter in one thread. Method: a random walk that often hits both ends,
// beside a model.
#include <stdexcept>
#include <string>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

void walk(std::int64_t limit) {
  const auto counter = race_counter::make_bounded_counter(limit);
  std::int64_t model = 0;
  for (int step = 0; step < 60; ++step) {
    const bool up = racecourse::inputs().between(0, 99) < (step < 30 ? 70 : 30);
    const bool possible = up ? model < limit : model > 0;
    const bool done = up ? counter->try_increment() : counter->try_decrement();
    const std::string call = (up ? "try_increment() at " : "try_decrement() at ") + std::to_string(model) +
                             " with limit " + std::to_string(limit);
    if (possible) model += up ? 1 : -1;
    const std::int64_t seen = counter->value();
    CHECK_MESSAGE(done == possible, call << " must return " << (possible ? "true." : "false."));
    CHECK_MESSAGE(seen == model, "After " << call << ", value() must be " << model << ".");
    if (done != possible || seen != model) return;
  }
  racecourse::observe("value after the walk", counter->value());
}

}  // namespace

RACECOURSE_SCENARIO(bounded_counter_rules) {
  walk(0);
  walk(1);
  walk(racecourse::inputs().between(2, 6));
  bool refused = false;
  try {
    (void)race_counter::make_bounded_counter(-racecourse::inputs().between(1, 9));
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  CHECK_MESSAGE(refused, "make_bounded_counter with a negative limit must throw std::invalid_argument.");
}
