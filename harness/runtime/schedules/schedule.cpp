#include "schedule.hpp"

#include <charconv>

namespace racecourse::schedules {

std::string to_text(const Schedule& schedule) {
  std::string text;
  for (const Decision& decision : schedule.decisions) {
    if (!text.empty()) text += ',';
    text += std::to_string(decision.step);
    text += decision.letter;
    if (decision.ordinal != 0) text += std::to_string(decision.ordinal) + ".";
    text += std::to_string(decision.choice);
  }
  return text;
}

namespace {

// Takes a number off the front of `text`.
template <class Number>
bool take(std::string_view& text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char letter) {
  if (text.empty() || text.front() != letter) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<Schedule> schedule_from(std::string_view text) {
  Schedule schedule;
  while (!text.empty()) {
    if (!schedule.decisions.empty() && !take(text, ',')) return std::nullopt;
    Decision decision;
    if (!take(text, decision.step)) return std::nullopt;
    if (text.empty() ||
        (text.front() != ':' && kAlternativeLetters.find(text.front()) == std::string_view::npos))
      return std::nullopt;
    decision.letter = text.front();
    text.remove_prefix(1);
    if (!take(text, decision.choice)) return std::nullopt;
    if (decision.letter != ':' && take(text, '.')) {
      if (decision.choice > 0xFFFF) return std::nullopt;
      decision.ordinal = static_cast<std::uint16_t>(decision.choice);
      if (!take(text, decision.choice)) return std::nullopt;
    }
    if (!schedule.decisions.empty() && schedule.decisions.back().step > decision.step) return std::nullopt;
    schedule.decisions.push_back(decision);
  }
  return schedule;
}

}  // namespace racecourse::schedules
