// Goal: comparing the version and saving are one step. Method: two threads save over the same version at the
// same instant, thousands of times: exactly one may succeed.
#include <array>
#include <memory>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(one_of_two_saves_wins) {
  constexpr std::size_t kDocuments = 4;  // Saved one after the other in each round.
  // Four different texts: no save writes what is there already.
  const std::string word = racecourse::inputs().word(6);
  const std::string texts[2][2] = {{word + "A0", word + "A1"}, {word + "B0", word + "B1"}};
  std::array<std::unique_ptr<race_counter::Document>, kDocuments> documents;
  for (auto& document : documents) document = race_counter::make_document("original");
  std::uint64_t base = 1;
  bool saved[2][kDocuments] = {};
  const bool right = crowd::pound(
      3000,
      [&](int thread) {
        for (std::size_t i = 0; i < kDocuments; ++i)
          saved[thread][i] = documents[i]->try_save(base, texts[thread][base % 2]);
      },
      [&] {
        for (std::size_t i = 0; i < kDocuments; ++i) {
          if (saved[0][i] == saved[1][i]) return false;
          const race_counter::Snapshot now = documents[i]->read();
          if (now.version != base + 1 || now.text != texts[saved[0][i] ? 0 : 1][base % 2]) return false;
        }
        ++base;
        return true;
      });
  CHECK_MESSAGE(
      right,
      "Two threads saved over the same version at the same time: exactly one try_save() must return true, "
      "its text must be the document's, and the version number must have grown by 1.");
}
