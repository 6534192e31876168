#include "finding.hpp"

#include <algorithm>
#include <array>

namespace racecourse::schedules {

std::string_view to_text(FindingKind kind) {
  static constexpr std::array<std::string_view, kFindingKinds> kTexts = {
      "data_race",        "deadlock",           "lost_wakeup",        "livelock",       "starvation",
      "not_lock_free",    "potential_deadlock", "mutex_misuse",       "use_after_free", "double_free",
      "unsupported_call", "wrong_outcome",      "uncaught_exception", "crash",          "exit_called",
      "thread_leak",      "not_reproducible"};
  return kTexts[static_cast<std::size_t>(kind)];
}

bool same_fact(const Finding& a, const Finding& b) {
  if (a.kind != b.kind) return false;
  // The sentence of a wrong outcome is all there is of it; others are told apart by their places.
  if (a.kind == FindingKind::wrong_outcome) return a.message == b.message;
  const auto innermost = [](const Finding& finding) {
    std::vector<CodeAddress> addresses;
    for (const Place& place : finding.places)
      if (!place.stack.empty()) addresses.push_back(place.stack.front());
    std::sort(addresses.begin(), addresses.end());
    return addresses;
  };
  return innermost(a) == innermost(b);
}

}  // namespace racecourse::schedules
