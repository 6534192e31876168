// Goal: comparing the version and saving are one step. Method: two threads save over the same version, in
// every interleaving: exactly one may succeed.
#include <array>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(one_of_two_saves_wins) {
  const std::string word = racecourse::inputs().word(6);
  const std::array<std::string, 2> texts = {word + "A", word + "B"};
  const auto document = race_counter::make_document(word);
  std::array<bool, 2> saved{};
  crowd::at_once(2, [&](std::size_t thread) { saved[thread] = document->try_save(1, texts[thread]); });
  const race_counter::Snapshot now = document->read();
  const bool one = saved[0] != saved[1];
  CHECK_MESSAGE(
      (one && now.version == 2 && now.text == texts[saved[0] ? 0 : 1]),
      "Two threads saved over the same version at the same time: exactly one try_save() must return "
      "true, its text must be the document's, and the version number must have grown by 1.");
}
