// Goal: edit() loses nobody's work. Method: two users edit at once, in every interleaving. For
// ThreadSanitizer again and again.
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(no_edit_is_lost) {
  const std::string original = racecourse::inputs().word(5);
  const auto document = race_counter::make_document(original);
  crowd::at_once(2, [&](std::size_t user) {
    document->edit([user](const std::string& text) { return text + static_cast<char>('A' + user); });
  });
  const std::string text = document->read().text;
  racecourse::expect(
      text == original + "AB" || text == original + "BA", racecourse::Fault::lost_update,
      "Two users called edit() at the same time, each to append a letter: the text must then hold both "
      "letters, each once.");
}
