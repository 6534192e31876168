// Goal: every object has a state of its own. Method: two of each kind, in one thread; and one that is made
// after another has been used and destroyed.
#include <string>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(objects_share_nothing) {
  auto& in = racecourse::inputs();
  const std::int64_t steps = in.between(2, 9);

  const auto one = race_counter::make_counter();
  const auto other = race_counter::make_counter();
  for (std::int64_t i = 0; i < steps; ++i) one->increment();
  CHECK_MESSAGE(other->value() == 0, "One counter was incremented, another must stay at 0.");
  CHECK_MESSAGE(one->value() == steps, "A counter must keep its value when another exists.");
  for (int i = 0; i < 3; ++i) {
    const auto short_lived = race_counter::make_counter();
    CHECK_MESSAGE(short_lived->value() == 0, "A new counter must be at 0, also after another was destroyed.");
    for (std::int64_t k = 0; k < steps; ++k) short_lived->increment();
  }

  const auto narrow = race_counter::make_bounded_counter(1);
  const auto wide = race_counter::make_bounded_counter(steps);
  for (std::int64_t i = 0; i < steps; ++i) (void)wide->try_increment();
  CHECK_MESSAGE(narrow->value() == 0, "One bounded counter was incremented, another must stay at 0.");
  CHECK_MESSAGE(narrow->try_increment(), "A bounded counter must keep to its own limit and its own value.");
  CHECK_MESSAGE(wide->value() == steps, "A bounded counter must keep its own limit and its own value.");

  const std::string text = in.word(6);
  const auto draft = race_counter::make_document(text);
  const auto copy = race_counter::make_document(text);
  (void)draft->try_save(1, in.word(5));
  CHECK_MESSAGE(copy->read().version == 1, "One document was saved, another must keep its version number.");
  CHECK_MESSAGE(copy->read().text == text, "One document was saved, another must keep its text.");
}
