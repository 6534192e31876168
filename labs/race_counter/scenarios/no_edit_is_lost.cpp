// Goal: edit() loses nobody's work. Method: two users edit at once, and each change waits a short while for
// the other to have begun, so that both work on the same version and one must be refused and start again.
#include <atomic>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

void edit_meanwhile() {
  const auto document = race_counter::make_document("00000000");
  crowd::crowd(4, [&](int thread, crowd::Line&) {
    for (int i = 0; i < 150; ++i)
      document->edit(
          [thread](const std::string& text) { return text.substr(1) + static_cast<char>('a' + thread); });
  });
}

}  // namespace

RACECOURSE_SCENARIO(no_edit_is_lost) {
  if (racecourse::under_tsan()) {
    edit_meanwhile();
    return;
  }
  const std::string original = racecourse::inputs().word(5);
  auto document = race_counter::make_document(original);
  std::atomic<int> editing{0};
  const bool right = crowd::pound(
      800,
      [&](int thread) {
        document->edit([&](const std::string& text) {
          editing.fetch_add(1);
          crowd::await_shortly([&] { return editing.load() >= 2; });
          return text + static_cast<char>('A' + thread);
        });
      },
      [&] {
        const std::string text = document->read().text;
        const bool both = text == original + "AB" || text == original + "BA";
        document = race_counter::make_document(original);
        editing.store(0);
        return both;
      });
  racecourse::expect(
      right, racecourse::Fault::lost_update,
      "Two users called edit() at the same time, each to append a letter: the text must then hold both "
      "letters, each once.");
}
