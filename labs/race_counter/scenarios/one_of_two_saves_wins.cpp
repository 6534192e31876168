// Goal: comparing the version and saving are one step. Method: two threads save over the same version at the
// same instant, thousands of times: exactly one may succeed.
#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(one_of_two_saves_wins) {
  auto& in = racecourse::inputs();
  // Four different texts: no save writes what is there already.
  const std::string word = in.word(6);
  const std::string texts[2][2] = {{word + "A0", word + "A1"}, {word + "B0", word + "B1"}};
  const auto document = race_counter::make_document("original");
  std::uint64_t base = 1;
  bool saved[2] = {};
  const bool right = crowd::pound(
      4000, [&](int thread) { saved[thread] = document->try_save(base, texts[thread][base % 2]); },
      [&] {
        if (saved[0] == saved[1]) return false;
        const std::string& winner = texts[saved[0] ? 0 : 1][base % 2];
        const race_counter::Snapshot now = document->read();
        return now.version == ++base && now.text == winner;
      });
  CHECK_MESSAGE(
      right,
      "Two threads saved over the same version at the same time: exactly one try_save() must return true, "
      "its text must be the document's, and the version number must have grown by 1.");
}
