// Goal: the rules of versions. Method: three users in one thread read and save in a random order, beside a
// model; what matters is the order of the steps, and one thread can take them in any order.
#include <string>

#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

namespace {

using race_counter::Document;
using race_counter::Snapshot;

bool is_as(const Document& document, const Snapshot& model, const char* after) {
  const Snapshot seen = document.read();
  CHECK_MESSAGE(seen.version == model.version,
                after << ", the version number must be " << model.version << ".");
  CHECK_MESSAGE(seen.text == model.text, after << ", the text must be \"" << model.text << "\".");
  return seen.version == model.version && seen.text == model.text;
}

bool save(Document& document, Snapshot& model, std::uint64_t base, const std::string& text) {
  const bool possible = base == model.version;
  const bool done = document.try_save(base, text);
  CHECK_MESSAGE(done == possible, "try_save over version " << base << " while version " << model.version
                                                           << " is the present one must return "
                                                           << (possible ? "true." : "false."));
  if (possible) model = {text, model.version + 1};
  return done == possible && is_as(document, model, possible ? "After a save" : "After a refused save");
}

}  // namespace

RACECOURSE_SCENARIO(stale_save_is_refused) {
  auto& in = racecourse::inputs();
  Snapshot model{in.word(6), 1};
  const auto document = race_counter::make_document(model.text);
  if (!is_as(*document, model, "In a new document")) return;

  // The classic: two users open the same version, both save.
  const Snapshot first = document->read();
  const Snapshot second = document->read();
  if (!save(*document, model, first.version, first.text + in.word(3))) return;
  if (!save(*document, model, second.version, second.text + in.word(3))) return;
  // A save of the same text is a version too, the empty text is a text, and no version of the future can be
  // saved over.
  if (!save(*document, model, model.version, model.text)) return;
  if (!save(*document, model, model.version - 1, in.word(5))) return;
  if (!save(*document, model, model.version + 1, in.word(5))) return;
  if (!save(*document, model, 0, in.word(5))) return;
  if (!save(*document, model, model.version, "")) return;

  Snapshot screens[3] = {model, model, model};
  for (int step = 0; step < 40; ++step) {
    Snapshot& screen = screens[in.between(0, 2)];
    if (in.coin())
      screen = document->read();
    else if (!save(*document, model, screen.version, in.word(static_cast<std::size_t>(in.between(0, 40)))))
      return;
  }
  racecourse::observe("text", document->read().text);
  racecourse::observe("version", document->read().version);
}
