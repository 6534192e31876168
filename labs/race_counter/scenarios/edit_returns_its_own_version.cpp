// Goal: edit() returns the number of the version that it made itself, not of whatever is the present one a
// moment later. Method: two threads edit at the same instant; no number may be given out twice.
#include <algorithm>
#include <array>
#include <string>

#include "crowd.hpp"
#include "race_counter.hpp"
#include "racecourse/scenario.hpp"

RACECOURSE_SCENARIO(edit_returns_its_own_version) {
  constexpr std::size_t kEditsEachRound = 3;
  const std::string text = racecourse::inputs().word(8);
  const auto document = race_counter::make_document(text);
  std::array<std::uint64_t, 2 * kEditsEachRound> versions{};
  std::uint64_t present = 1;
  const bool right = crowd::pound(
      4000,
      [&](int thread) {
        for (std::size_t i = 0; i < kEditsEachRound; ++i)
          versions[static_cast<std::size_t>(thread) * kEditsEachRound + i] =
              document->edit([](const std::string& before) { return before.substr(1) + before.front(); });
      },
      [&] {
        std::sort(versions.begin(), versions.end());
        return std::all_of(versions.begin(), versions.end(),
                           [&](std::uint64_t version) { return version == ++present; });
      });
  CHECK_MESSAGE(
      right,
      "Two threads called edit() at the same time: each call must return the number of the version that its "
      "own save made, so no number comes twice and none is missing.");
}
