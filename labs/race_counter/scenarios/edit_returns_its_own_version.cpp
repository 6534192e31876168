// Goal: edit() returns the number of the version that it made itself, not of whatever is the present one a
// moment later. Method: two threads edit, in every interleaving; no number may be given out twice.
#include <algorithm>
#include <array>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(edit_returns_its_own_version) {
  const auto document = race_counter::make_document(racecourse::inputs().word(8));
  std::array<std::uint64_t, 2> versions{};
  crowd::at_once(2, [&](std::size_t user) {
    versions[user] =
        document->edit([](const std::string& before) { return before.substr(1) + before.front(); });
  });
  std::sort(versions.begin(), versions.end());
  CHECK_MESSAGE(
      (versions[0] == 2 && versions[1] == 3),
      "Two threads called edit() at the same time: each call must return the number of the version that its "
      "own save made, so no number comes twice and none is missing.");
}
