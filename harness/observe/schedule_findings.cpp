#include "observe/schedule_findings.hpp"

#include <algorithm>

#include "observe/story.hpp"

namespace racecourse {

namespace {

std::string preemptions_text(std::int64_t count) {
  if (count == 0) return ", without any preemption";
  return ", with " + std::to_string(count) + (count == 1 ? " preemption" : " preemptions");
}

// "thread 1 writes 8 bytes at race_counter.cpp:31 (Counter::increment())"
std::string part_of(const Event& place) {
  std::string text = "thread " + std::to_string(place.thread) + " " + place.message;
  if (place.places.empty()) return text + " in the scenario";
  const Place& at = place.places.front();
  text += " at " + at.file + ":" + std::to_string(at.line);
  return at.function.empty() ? text : text + " (" + at.function + ")";
}

// events[0] is the schedule_finding; then come its places and the steps of its story.
Finding finding_of(std::span<const Event> events, std::span<const SourceFile> sources, ScheduleRun kind) {
  const Event& head = events.front();
  // A kind that does not exist cannot come from the runtime, whose own table is tested against ours.
  Finding finding{.kind = finding_kind_from(head.name).value_or(FindingKind::tampering),
                  .message = head.message,
                  .places = {},
                  .detail = {},
                  .schedule = head.value};
  std::vector<Event> steps;
  for (const Event& event : events.subspan(1)) {
    if (event.kind == Event::Kind::story_step) steps.push_back(event);
    if (event.kind != Event::Kind::finding_place) continue;
    finding.detail += part_of(event) + "\n";
    if (event.places.empty()) continue;
    if (std::ranges::find(finding.places, event.places.front()) == finding.places.end())
      finding.places.push_back(event.places.front());
  }
  std::ranges::sort(finding.places);
  const std::string story = tell_story(steps, sources);
  const std::string count = kind == ScheduleRun::exploration ? preemptions_text(head.preemptions) : "";
  if (!story.empty()) finding.detail += "A schedule that shows it" + count + ":\n" + story;
  if (finding.detail.ends_with('\n')) finding.detail.pop_back();
  return finding;
}

}  // namespace

Outcomes outcomes_of(const RunReport& run) {
  Outcomes outcomes;
  for (const Event& event : run.events)
    if (event.kind == Event::Kind::outcome) outcomes.insert(event.name);
  return outcomes;
}

std::optional<std::string> foreign_outcome(const RunReport& run, const Outcomes& specification) {
  for (const std::string& outcome : outcomes_of(run))
    if (!specification.contains(outcome)) return outcome;
  return std::nullopt;
}

std::vector<Finding> schedule_findings(const RunReport& run, std::span<const SourceFile> sources,
                                       ScheduleRun kind) {
  std::vector<Finding> findings;
  const std::span<const Event> events = run.events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind != Event::Kind::schedule_finding) continue;
    std::size_t end = i + 1;
    while (end < events.size() &&
           (events[end].kind == Event::Kind::finding_place || events[end].kind == Event::Kind::story_step))
      ++end;
    findings.push_back(finding_of(events.subspan(i, end - i), sources, kind));
  }
  return findings;
}

}  // namespace racecourse
