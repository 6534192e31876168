// Goal: no lock is held while an edit's change runs. Method: the change itself, and another user from within
// it, use the document and must come back. A submission that holds a lock deadlocks here.
#include <string>
#include <thread>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(nobody_waits_for_a_change) {
  const std::string original = racecourse::inputs().word(5);
  const auto document = race_counter::make_document(original);
  bool first = true;
  bool read_same = false;
  document->edit([&](const std::string& text) {
    if (!first) return text + "!";
    first = false;
    read_same = document->read().text == original;
    std::thread([&] {
      (void)document->try_save(document->read().version, original + "?");
      document->edit([](const std::string& other) { return other + "."; });
    }).join();
    return text + "!";
  });
  CHECK_MESSAGE(read_same, "While a change runs and nobody has saved, read() must give the text as it was.");
}
