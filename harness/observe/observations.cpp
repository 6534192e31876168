#include "observe/observations.hpp"

#include "base/text.hpp"

namespace racecourse {

namespace {

// How much of a value a message shows.
constexpr std::size_t kShownBytesMax = 120;

Finding difference(const std::string& name, std::string how) {
  return Finding{
      .kind = FindingKind::wrong_outcome,
      .message = "\"" + name + "\" is not what the reference gives for the same input" + std::move(how),
      .places = {},
      .detail = {}};
}

std::string value_at(const std::vector<std::string>& values, std::size_t i) {
  return i < values.size() ? shorten(values[i], kShownBytesMax) : "nothing";
}

}  // namespace

Observations observations_of(const RunReport& run) {
  Observations observations;
  for (const Event& event : run.events)
    if (event.kind == Event::Kind::observation) observations[event.name].push_back(event.value);
  return observations;
}

std::vector<Finding> compare_observations(const Observations& submission, const Observations& reference,
                                          bool values_vary) {
  std::vector<Finding> findings;
  const std::vector<std::string> none;
  for (const auto& [name, expected] : reference) {
    const auto found = submission.find(name);
    const std::vector<std::string>& got = found == submission.end() ? none : found->second;
    if (got == expected) continue;
    if (values_vary) {
      findings.push_back(difference(name, "."));
      continue;
    }
    std::size_t i = 0;
    while (i < got.size() && i < expected.size() && got[i] == expected[i]) ++i;
    const std::string which =
        expected.size() > 1 || got.size() > 1 ? " (value " + std::to_string(i + 1) + ")" : "";
    findings.push_back(
        difference(name, which + ": expected " + value_at(expected, i) + ", got " + value_at(got, i) + "."));
  }
  for (const auto& [name, values] : submission)
    if (!reference.contains(name)) findings.push_back(difference(name, ": the reference never observes it."));
  return findings;
}

}  // namespace racecourse
