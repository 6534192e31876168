// How a stack becomes a place, in this order:
//
// 1. The innermost frame in one of the student's own files. A frame above it may be the standard library's,
// inlined into
//    the submission or not, or the scenario's, where the submission called back: the student's line is the
//    call.
// 2. Where the student's code created the thread, if a thread that it created runs somebody else's function.
// 3. The innermost frame of the submission's object in whatever file: a template of the standard library.
//
// Names of the standard library's templates do not help to tell scenario and submission apart: the loader
// binds both to one copy, the driver's.
#include "observe/tsan_summary.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace racecourse {

namespace {

using Role = TsanStack::Role;

bool in_submission(const TsanFrame& frame) { return frame.module == kSubmissionObject; }
bool in_driver(const TsanFrame& frame) { return frame.module == kTsanDriverObject; }
bool has_line(const TsanFrame& frame) { return !frame.file.empty() && frame.line > 0; }

template <class Accept>
const TsanFrame* first_frame(const TsanStack& stack, Accept accept) {
  const auto found = std::ranges::find_if(stack.frames, accept);
  return found == stack.frames.end() ? nullptr : &*found;
}

// The innermost frame in the student's own files, whose names are relative.
const TsanFrame* own_frame(const TsanStack& stack) {
  return first_frame(stack, [](const TsanFrame& frame) {
    return in_submission(frame) && has_line(frame) && !frame.file.starts_with('/');
  });
}

std::string without_folders(std::string_view file) { return std::string(file.substr(file.rfind('/') + 1)); }

// Where the student's code comes into a stack.
struct Spot {
  Place place;
  bool started =
      false;  // The place is not in the stack: a thread was started there, and this is what it ran.

  friend auto operator<=>(const Spot&, const Spot&) = default;
};

std::optional<Spot> student_spot(const TsanReport& report, const TsanStack& stack) {
  const auto spot = [](const TsanFrame& frame, bool started) {
    return Spot{{frame.file, frame.line, frame.function}, started};
  };
  if (const TsanFrame* frame = own_frame(stack)) return spot(*frame, false);
  for (const TsanStack& creation : report.stacks) {
    if (stack.role != Role::access || stack.thread <= 0) break;
    if (creation.role != Role::creation || creation.thread != stack.thread) continue;
    if (const TsanFrame* frame = own_frame(creation)) return spot(*frame, true);
  }
  const TsanFrame* frame =
      first_frame(stack, [](const TsanFrame& f) { return in_submission(f) && has_line(f); });
  if (frame == nullptr) return std::nullopt;
  return Spot{{without_folders(frame->file), frame->line, frame->function}, false};
}

// The scenario's own line, or what of the driver's is nearest to it. The driver's files have full names, of
// which only the last part is for students.
std::optional<Spot> scenario_spot(const TsanStack& stack) {
  const TsanFrame* frame = first_frame(
      stack, [](const TsanFrame& f) { return in_driver(f) && has_line(f) && !f.file.starts_with("/usr/"); });
  if (frame == nullptr)
    frame = first_frame(stack, [](const TsanFrame& f) { return in_driver(f) && has_line(f); });
  if (frame == nullptr) return std::nullopt;
  return Spot{{without_folders(frame->file), frame->line, frame->function}, false};
}

std::string text(const Place& place) {
  const std::string line = place.file + ':' + std::to_string(place.line);
  // A lambda that was inlined has no better name than this one, which tells nobody anything.
  if (place.function.empty() || place.function == "operator()") return line;
  return line + " (" + place.function + ')';
}

bool same_line(const Place& a, const Place& b) { return a.file == b.file && a.line == b.line; }

// "A", "A and B", "A, B and C".
std::string listed(const std::vector<Place>& places) {
  std::string out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0) out += i + 1 == places.size() ? " and " : ", ";
    out += text(places[i]);
  }
  return out;
}

// The stacks that a report is about; the others are circumstances.
std::vector<const TsanStack*> decisive_stacks(const TsanReport& report) {
  const auto with_role = [&](Role role, std::size_t count_max) {
    std::vector<const TsanStack*> stacks;
    for (const TsanStack& stack : report.stacks)
      if (stack.role == role && stacks.size() < count_max) stacks.push_back(&stack);
    return stacks;
  };
  switch (report.problem) {
    case TsanProblem::race:
    case TsanProblem::vptr_race:
    case TsanProblem::use_after_free:
      return with_role(Role::access, 2);
    case TsanProblem::lock_order:
      return with_role(Role::acquisition, report.stacks.size());
    case TsanProblem::thread_leak:
      return with_role(Role::creation, 1);
    case TsanProblem::locked_mutex_destroyed:
      return with_role(Role::subject, 2);
    default:
      break;
  }
  const auto subject = with_role(Role::subject, 1);
  return subject.empty() ? with_role(Role::access, 2) : subject;
}

// In the order of the stacks; nothing where the student's code does not come into one.
using Spots = std::vector<std::optional<Spot>>;

std::vector<Place> places_of(const std::vector<Spot>& spots) {
  std::vector<Place> places;
  for (const Spot& spot : spots) places.push_back(spot.place);
  return places;
}

std::pair<std::optional<Place>, std::optional<Place>> first_two(const Spots& spots) {
  const auto place = [&](std::size_t i) {
    return i < spots.size() && spots[i] ? std::optional(spots[i]->place) : std::nullopt;
  };
  return {place(0), place(1)};
}

// A race one of whose accesses is in a thread that the submission started on a function of somebody else.
std::string started_race_message(const std::vector<Spot>& spots) {
  constexpr std::string_view kEnd =
      " access the same memory without synchronisation, and at least one of them writes.";
  const auto subject = [](const Spot& spot) {
    return (spot.started ? "he thread started at " : "he code at ") + text(spot.place);
  };
  std::string who;
  if (spots.size() == 1)
    who = 'T' + subject(spots[0]) + " and another one";
  else if (same_line(spots[0].place, spots[1].place) && spots[0].started)
    who = "Two threads started at " + text(spots[0].place);
  else
    who = 'T' + subject(spots[0]) + " and t" + subject(spots[1]);
  return who.append(kEnd);
}

std::string race_message(const TsanReport& report, const std::vector<Spot>& spots) {
  if (std::ranges::any_of(spots, &Spot::started)) return started_race_message(spots);
  const std::vector<Place> places = places_of(spots);
  if (places.size() == 1)
    return "Another thread accesses the same memory as " + text(places[0]) +
           " without synchronisation, and at least one of the two writes.";
  if (same_line(places[0], places[1]))
    return "Two threads can execute " + text(places[0]) +
           " at the same time; both access the same memory without synchronisation, and at least one of them "
           "writes.";
  if (report.problem == TsanProblem::vptr_race)
    return "Two threads use the same object at " + listed(places) +
           " without synchronisation: one calls a virtual function while the other constructs or destroys "
           "the object.";
  return "Two threads access the same memory at " + listed(places) +
         " without synchronisation, and at least one of them writes.";
}

// The first access is the use, the second the release.
std::string use_after_free_message(const Spots& spots) {
  const auto& [use, freed] = first_two(spots);
  if (use && freed) return "Memory is used at " + text(*use) + " after it was freed at " + text(*freed) + '.';
  if (use) return "Memory is used at " + text(*use) + " after it was freed.";
  return "Memory that was freed at " + text(*freed) + " is used afterwards.";
}

std::string lock_order_message(const std::vector<Place>& places) {
  if (places.size() == 1)
    return "The mutexes locked at " + text(places[0]) +
           " are not always locked in the same order: two threads that lock them at the same time can each "
           "hold what "
           "the other waits for, forever.";
  return "Mutexes are locked in conflicting orders at " + listed(places) +
         ": threads that get there at the same time can each hold what the next one waits for, forever.";
}

// Numbers and addresses masked, because they differ from run to run.
std::string lasting(std::string_view title) {
  std::string out;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  while (!title.empty()) {
    if (title.starts_with("0x")) {
      out += "0x...";
      title.remove_prefix(std::min(title.find_first_not_of("0123456789abcdefABCDEF", 2), title.size()));
    } else if (digit(title.front())) {
      out += 'N';
      title.remove_prefix(std::min(title.find_first_not_of("0123456789"), title.size()));
    } else {
      out += title.front();
      title.remove_prefix(1);
    }
  }
  return out;
}

std::string destroyed_message(const Spots& spots) {
  const auto& [destroyed, locked] = first_two(spots);
  if (destroyed && locked)
    return "A mutex is destroyed at " + text(*destroyed) + " while it is still locked from " + text(*locked) +
           '.';
  if (destroyed) return "A mutex is destroyed at " + text(*destroyed) + " while it is locked.";
  return "The mutex locked at " + text(*locked) + " is destroyed while it is still locked.";
}

// `in_order` by stack, at least one of them there unless the problem is `other`; `sorted` are the same.
std::string message_for(const TsanReport& report, const Spots& in_order, const std::vector<Spot>& sorted) {
  const std::vector<Place> places = places_of(sorted);
  const std::string at = places.empty() ? std::string() : " at " + text(places[0]);
  switch (report.problem) {
    case TsanProblem::race:
    case TsanProblem::vptr_race:
      return race_message(report, sorted);
    case TsanProblem::use_after_free:
      return use_after_free_message(in_order);
    case TsanProblem::lock_order:
      return lock_order_message(places);
    case TsanProblem::thread_leak:
      return "The thread started" + at + " is neither joined nor detached.";
    case TsanProblem::locked_mutex_destroyed:
      return destroyed_message(in_order);
    case TsanProblem::mutex_locked_twice:
      return "A thread locks a mutex" + at + " that it holds already; it would wait for itself forever.";
    case TsanProblem::invalid_mutex:
      return "A mutex is used" + at + " before it was initialised or after it was destroyed.";
    case TsanProblem::unheld_mutex_unlocked:
      return "A thread unlocks a mutex" + at + " that it does not hold.";
    case TsanProblem::write_locked_mutex_read_locked:
      return "A thread locks a shared mutex for reading" + at + " while it is locked for writing.";
    case TsanProblem::write_locked_mutex_read_unlocked:
      return "A shared mutex that is locked for writing is unlocked" + at +
             " as if it were locked for reading.";
    case TsanProblem::mutex_held_wrongly:
      return "A mutex is held" + at + ", where none may be.";
    case TsanProblem::crash:
      return "The program crashes" + at + '.';
    case TsanProblem::other:
      break;
  }
  return "ThreadSanitizer reports \"" + lasting(report.title) + '"' + at + '.';
}

std::string own_message(const TsanReport& report, std::vector<Place> places) {
  const auto rest = std::ranges::unique(places, same_line);
  places.erase(rest.begin(), rest.end());
  const std::string where = places.empty() ? std::string() : " at " + listed(places);
  if (report.kind == FindingKind::data_race)
    return "Two threads access the scenario's own memory" + where +
           " at the same time, which the submission's synchronisation should have ruled out.";
  return "ThreadSanitizer reports \"" + lasting(report.title) + "\" in the scenario" + where + '.';
}

bool is_canary(const TsanReport& report) {
  if (report.kind != FindingKind::data_race) return false;
  bool seen = false;
  for (const TsanStack* stack : decisive_stacks(report)) {
    const TsanFrame* top =
        first_frame(*stack, [](const TsanFrame& f) { return in_submission(f) || in_driver(f); });
    if (top == nullptr) continue;
    // The function's parameters, if the log was symbolised by ThreadSanitizer itself.
    const std::string_view name = std::string_view(top->function).substr(0, top->function.find('('));
    if (in_driver(*top) && name == kCanaryFunction) seen = true;
    // A submission that touches the canary's memory is no canary but a finding.
    if (first_frame(*stack, in_submission) != nullptr) return false;
  }
  return seen;
}

// What makes two findings of a log one: the kind and the lines, and for kinds that gather several problems,
// which.
using Key = std::tuple<FindingKind, std::string, std::vector<std::pair<std::string, int>>>;

Key key_of(const TsanReport& report, const std::vector<Place>& places) {
  const bool gathers =
      report.kind == FindingKind::mutex_misuse || report.kind == FindingKind::unrecognised_report;
  std::vector<std::pair<std::string, int>> lines;
  for (const Place& place : places) lines.emplace_back(place.file, place.line);
  return {report.kind, gathers ? lasting(report.title) : std::string(), std::move(lines)};
}

class Findings {
 public:
  void add(const TsanReport& report, Finding finding) {
    const auto [entry, fresh] = findings_.try_emplace(key_of(report, finding.places), finding);
    // The smallest, not the first: the order of reports differs from run to run.
    if (!fresh) entry->second = std::min(entry->second, finding);
  }
  std::vector<Finding> take() && {
    std::vector<Finding> out;
    for (auto& [key, finding] : findings_)
      if (!is_part_of_another(finding)) out.push_back(finding);
    std::ranges::sort(out);
    return out;
  }

 private:
  // Whether it is half of a race that is known whole: ThreadSanitizer could not restore the other stack that
  // time.
  [[nodiscard]] bool is_part_of_another(const Finding& half) const {
    if (half.kind != FindingKind::data_race || half.places.size() != 1) return false;
    return std::ranges::any_of(findings_, [&](const auto& entry) {
      const Finding& whole = entry.second;
      return whole.kind == half.kind && whole.places.size() == 2 &&
             (same_line(whole.places[0], half.places[0]) || same_line(whole.places[1], half.places[0]));
    });
  }

  std::map<Key, Finding> findings_;
};

// The two accesses of a race both count, even on one line; elsewhere a line counts once.
std::vector<Spot> sorted_spots(const TsanReport& report, const Spots& spots) {
  std::vector<Spot> out;
  for (const auto& spot : spots)
    if (spot) out.push_back(*spot);
  std::ranges::sort(out);
  if (report.kind != FindingKind::data_race) {
    const auto rest =
        std::ranges::unique(out, [](const Spot& a, const Spot& b) { return same_line(a.place, b.place); });
    out.erase(rest.begin(), rest.end());
  }
  return out;
}

}  // namespace

TsanSummary summarise(std::span<const TsanReport> reports) {
  TsanSummary summary;
  Findings findings;
  Findings own;
  for (const TsanReport& report : reports) {
    if (is_canary(report)) {
      summary.canary_seen = true;
      continue;
    }
    Spots in_order;
    Spots in_scenario;
    for (const TsanStack* stack : decisive_stacks(report)) {
      in_order.push_back(student_spot(report, *stack));
      in_scenario.push_back(scenario_spot(*stack));
    }
    const std::vector<Spot> spots = sorted_spots(report, in_order);
    // A report of an unknown kind is a finding even without a place: it must not get lost among the
    // scenario's own.
    if (!spots.empty() || report.problem == TsanProblem::other) {
      findings.add(report, {report.kind, message_for(report, in_order, spots), places_of(spots), {}});
    } else {
      const std::vector<Place> places = places_of(sorted_spots(report, in_scenario));
      own.add(report, {report.kind, own_message(report, places), places, {}});
    }
  }
  summary.findings = std::move(findings).take();
  summary.own_races = std::move(own).take();
  return summary;
}

}  // namespace racecourse
