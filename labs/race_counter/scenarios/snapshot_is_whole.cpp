// Goal: read() gives text and number of the same version, and a reader is no reason to refuse a save. Method:
// every text spells its version's number; one thread saves while the other reads, in every interleaving. A
// crowd for ThreadSanitizer.
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

// Always of the same length, so that a submission without any lock gives wrong texts here rather than broken
// memory.
std::string spelled(std::uint64_t version) {
  std::string digits(8, '0');
  for (std::size_t i = digits.size(); i > 0 && version > 0; version /= 10)
    digits[--i] = static_cast<char>('0' + version % 10);
  return digits;
}

void read_and_save_meanwhile() {
  constexpr int kSteps = 300;
  const auto document = race_counter::make_document(spelled(1));
  // That nothing races is worth a point only where something is saved.
  const bool saved = document->try_save(1, spelled(2));
  const race_counter::Snapshot seen = document->read();
  CHECK_MESSAGE((saved && seen.text == spelled(2) && seen.version == 2),
                "A thread alone must be able to save and to read what it saved.");
  crowd::crowd(4, [&](int thread, crowd::Line&) {
    for (int i = 0; i < kSteps; ++i) {
      if (thread == 0) {
        (void)document->read();
      } else if (thread == 1) {
        (void)document->try_save(0, "refused!");
      } else {
        const std::uint64_t base = document->read().version;
        (void)document->try_save(base, spelled(base + 1));
      }
    }
  });
}

}  // namespace

RACECOURSE_SCENARIO(snapshot_is_whole) {
  if (racecourse::under_tsan()) {
    read_and_save_meanwhile();
    return;
  }
  const auto document = race_counter::make_document(spelled(1));
  bool saved = false;
  race_counter::Snapshot seen;
  crowd::at_once(2, [&](std::size_t thread) {
    if (thread == 0)
      saved = document->try_save(1, spelled(2));
    else
      seen = document->read();
  });
  CHECK_MESSAGE(
      seen.text == spelled(seen.version),
      "One thread saved while another read: every read() must give a text and the number of that very "
      "version.");
  CHECK_MESSAGE(
      saved,
      "One thread saved over the present version while another only read: try_save() must return true.");
}
