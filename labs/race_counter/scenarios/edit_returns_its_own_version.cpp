// Goal: edit() returns the number of the version that it made itself, not of whatever is the present one a
// moment later. Method: two threads edit, in every interleaving, and the numbers they are given must be
// numbers that the reference can give.
#include <array>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(edit_returns_its_own_version) {
  const auto document = race_counter::make_document(racecourse::inputs().word(8));
  const std::uint64_t unchanged = document->edit([](const std::string& before) { return before; });
  CHECK_MESSAGE(unchanged == 2,
                "An edit that leaves the text as it was is a save all the same: it makes a version.");
  std::array<std::uint64_t, 2> versions{};
  crowd::at_once(2, [&](std::size_t user) {
    versions[user] =
        document->edit([](const std::string& before) { return before.substr(1) + before.front(); });
  });
  racecourse::observe("version of the first user", versions[0]);
  racecourse::observe("version of the second user", versions[1]);
}
