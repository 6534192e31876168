#include "observe/story.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/text.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kWidth = 116;  // Of all columns together, in characters.
constexpr std::size_t kColumnMin = 26;
constexpr std::size_t kColumnMax = 57;
constexpr std::size_t kSourceMin = 12;
constexpr std::size_t kActionsMax = 3;  // Told of one line; there are loops in a line.

// What one thread does on one line without interruption.
struct Entry {
  int thread = 0;
  Place place;
  std::vector<std::string> actions;
};

bool is_access(const Event& step) { return step.name == "read" || step.name == "write"; }

bool writes(const Event& step) {
  return step.name == "write" || step.name == "atomic store" || step.name == "atomic update";
}

// The names of operations as what a thread does.
std::string verb_of(const std::string& operation) {
  static const std::map<std::string, std::string> kVerbs = {
      {"read", "reads"},           {"write", "writes"},
      {"atomic load", "reads"},    {"atomic store", "writes"},
      {"lock", "locks"},           {"unlock", "unlocks"},
      {"atomic update", "writes"}, {"try to lock", "tries to lock"},
      {"wait", "waits"},           {"notify", "notifies"},
      {"wake", "wakes"},           {"lock shared", "locks shared"},
      {"acquire", "acquires"},     {"release", "releases"},
      {"sleep", "sleeps"},         {"yield", "yields"},
      {"free memory", "frees"}};
  const auto verb = kVerbs.find(operation);
  return verb == kVerbs.end() ? operation : verb->second;
}

// "reads 0", "sets it to 1", "locks". Empty: says nothing to anybody.
std::string action_of(const Event& step) {
  if (step.value.empty()) return verb_of(step.name);
  std::uint64_t number = 0;
  const char* const last = step.value.data() + step.value.size();
  const auto [end, code] = std::from_chars(step.value.data(), last, number);
  if (code != std::errc() || end != last) return verb_of(step.name);
  // Whether it is signed nobody knows here: one next to 2^64 is meant as negative, other large ones are
  // addresses.
  if (number >> 32 != 0 && number >> 32 != 0xFFFFFFFFu) return {};
  return (writes(step) ? "sets it to " : "reads ") + std::to_string(static_cast<std::int64_t>(number));
}

// Waiting and waking say why a thread goes on or does not, whoever else touches the object.
bool is_always_told(const Event& step) {
  static const std::set<std::string> kTold = {"wait", "notify", "wake", "sleep", "time passes"};
  return kTold.contains(step.name);
}

// From where there was more than one thread for the last time: what came before is over and done with.
std::span<const Event> last_episode(std::span<const Event> steps) {
  std::size_t begin = 0;
  int others = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].name == "create a thread" && others++ == 0) begin = i;
    if (steps[i].name == "end the thread") others = std::max(0, others - 1);
  }
  return steps.subspan(begin);
}

std::string line_of(std::span<const SourceFile> sources, const Place& place) {
  for (const SourceFile& source : sources) {
    if (source.name != place.file) continue;
    std::string_view rest = source.content;
    for (int line = 1; line < place.line && !rest.empty(); ++line) {
      const std::size_t end = rest.find('\n');
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return printable(trim(rest.substr(0, rest.find('\n'))));
  }
  return {};
}

// Counts characters, not bytes.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string cut(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  std::string out;
  std::size_t count = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++count == width) break;
    out += c;
  }
  return out + "…";
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, width_of(text)), ' ');
}

class Teller {
 public:
  Teller(std::span<const Event> steps, std::span<const SourceFile> sources)
      : steps_(steps), sources_(sources) {
    find_shared();
    collect();
  }

  [[nodiscard]] std::string text() const {
    if (entries_.empty()) return {};
    const std::size_t first = entries_.size() - std::min(entries_.size(), kStoryLinesMax - 2);
    std::set<int> threads;
    for (std::size_t i = first; i < entries_.size(); ++i) threads.insert(entries_[i].thread);
    const std::size_t width = std::clamp(kWidth / threads.size(), kColumnMin, kColumnMax);
    const auto row = [&](int thread, const std::string& content) {
      std::string text;
      for (const int each : threads) {
        if (each != *threads.begin()) text += "│ ";
        text += padded(each == thread ? content : "", width);
      }
      return std::string(text.begin(),
                         text.begin() + static_cast<std::ptrdiff_t>(text.find_last_not_of(' ') + 1));
    };
    std::string text;
    for (const int each : threads)
      text += (each == *threads.begin() ? "" : "│ ") + padded("thread " + std::to_string(each), width);
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    if (first > 0) text += "\n…";
    for (std::size_t i = first; i < entries_.size(); ++i)
      text += "\n" + row(entries_[i].thread, row_of(entries_[i], width - 1));
    return text;
  }

  // Whether it tells of more than one thread.
  [[nodiscard]] bool tells_of_several() const {
    return std::ranges::any_of(entries_,
                               [&](const Entry& each) { return each.thread != entries_[0].thread; });
  }

 private:
  // The objects that more than one thread touches and somebody changes.
  void find_shared() {
    std::map<std::int64_t, int> first;
    std::set<std::int64_t> touched_by_others;
    std::set<std::int64_t> changed;
    for (const Event& step : steps_) {
      if (step.object == 0) continue;
      const auto [known, is_new] = first.emplace(step.object, step.thread);
      if (!is_new && known->second != step.thread) touched_by_others.insert(step.object);
      if (writes(step) || (step.name != "read" && step.name != "atomic load")) changed.insert(step.object);
    }
    alone_ = std::ranges::all_of(steps_, [&](const Event& step) { return step.thread == steps_[0].thread; });
    std::ranges::set_intersection(touched_by_others, changed, std::inserter(shared_, shared_.end()));
  }

  void collect() {
    for (const Event& step : steps_) {
      const bool told = is_always_told(step) ||
                        (alone_ ? !is_access(step) : step.object != 0 && shared_.contains(step.object));
      // What the scenario does by itself is not the student's to read.
      if (!told || step.places.empty()) continue;
      const Place& place = step.places.front();
      const std::string action = action_of(step);
      if (action.empty()) continue;
      const bool goes_on =
          !entries_.empty() && entries_.back().thread == step.thread && entries_.back().place == place;
      if (!goes_on) entries_.push_back({.thread = step.thread, .place = place, .actions = {}});
      std::vector<std::string>& actions = entries_.back().actions;
      if (actions.empty() || actions.back() != action) actions.push_back(action);
    }
  }

  // "31  value_ = seen + 1;   sets it to 1", with the name of the file where there are several.
  [[nodiscard]] std::string row_of(const Entry& entry, std::size_t width) const {
    std::string actions;
    for (std::size_t i = 0; i < std::min(entry.actions.size(), kActionsMax); ++i)
      actions += (i == 0 ? "" : ", ") + entry.actions[i];
    if (entry.actions.size() > kActionsMax) actions += ", …";
    std::string left = sources_.size() > 1 ? entry.place.file + ":" : "";
    left += std::to_string(entry.place.line) + "  " + line_of(sources_, entry.place);
    const std::size_t used = width_of(actions) + 3;
    const std::size_t room = std::max(width > used ? width - used : 0, kSourceMin);
    return cut(cut(left, room) + "   " + actions, width);
  }

  std::span<const Event> steps_;
  std::span<const SourceFile> sources_;
  std::set<std::int64_t> shared_;
  bool alone_ = false;  // One thread only: it waits for itself.
  std::vector<Entry> entries_;
};

}  // namespace

std::string tell_story(std::span<const Event> steps, std::span<const SourceFile> sources) {
  const Teller last(last_episode(steps), sources);
  // The threads of a race need not live at the same time.
  return last.tells_of_several() ? last.text() : Teller(steps, sources).text();
}

}  // namespace racecourse
