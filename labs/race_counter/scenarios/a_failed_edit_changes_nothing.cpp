// Goal: a change that throws leaves the document as it was and usable. Method: one thread, every function
// afterwards.
#include <stdexcept>
#include <string>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(a_failed_edit_changes_nothing) {
  struct Refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  const std::string original = racecourse::inputs().word(7);
  const std::string reason = racecourse::inputs().word(9);
  const auto document = race_counter::make_document(original);
  std::string caught;
  try {
    document->edit([&](const std::string&) -> std::string { throw Refusal(reason); });
  } catch (const Refusal& refusal) {
    caught = refusal.what();
  }
  CHECK_MESSAGE(caught == reason,
                "When a change throws, edit() must let that very exception reach its caller.");
  const race_counter::Snapshot after = document->read();
  CHECK_MESSAGE(after.text == original, "When a change throws, the text must stay as it was.");
  CHECK_MESSAGE(after.version == 1, "When a change throws, the version number must stay as it was.");
  const std::uint64_t version = document->edit([](const std::string& text) { return text + "!"; });
  CHECK_MESSAGE(version == 2, "After a failed edit, the next edit() must make the next version.");
  CHECK_MESSAGE(document->read().text == original + "!", "After a failed edit, the next edit() must work.");
  CHECK_MESSAGE(document->try_save(version, original), "After a failed edit, try_save() must work.");
}
