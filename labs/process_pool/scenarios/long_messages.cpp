// Arguments and results longer than a pipe's buffer (64 KiB), one at a time.
#include <string>

#include "outcomes.hpp"
#include "racecourse/scenario.hpp"

namespace {

std::string repeat(const std::string& argument) {
  std::string out;
  for (std::size_t left = std::stoul(argument); left > 0; --left) out += static_cast<char>('a' + left % 23);
  return out;
}
std::string length_and_ends(const std::string& argument) {
  return std::to_string(argument.size()) + argument.front() + argument.back();
}
std::string reversed(const std::string& argument) { return std::string(argument.rbegin(), argument.rend()); }

}  // namespace

RACECOURSE_SCENARIO(long_messages) {
  const auto pool = process_pool::make_pool(2);
  // The first is longer than any channel holds, so that whoever reads or writes once is sure to be seen.
  for (const std::size_t bytes : {300'000u, 65'536u, 1u << 20}) {
    CAPTURE(bytes);
    const std::string text = repeat(std::to_string(bytes));
    const bool argument_whole =
        scenarios::outcome_of(*pool->apply_async(scenarios::in_worker<length_and_ends>, text)) ==
        "value " + length_and_ends(text);
    CHECK_MESSAGE(argument_whole, "A long argument must reach the task whole.");
    if (!argument_whole) return;
    const bool result_whole = scenarios::outcome_of(*pool->apply_async(
                                  scenarios::in_worker<repeat>, std::to_string(bytes))) == "value " + text;
    CHECK_MESSAGE(result_whole, "A long result must reach the caller whole.");
    if (!result_whole) return;
    const bool both_whole = scenarios::outcome_of(*pool->apply_async(scenarios::in_worker<reversed>, text)) ==
                            "value " + reversed(text);
    CHECK_MESSAGE(both_whole, "A long argument with a long result must arrive whole.");
    // What was left in a channel would spoil what follows, or not, by luck.
    if (!both_whole) return;
  }
}
