// Story: one execution told so that a student sees what went wrong: a column a thread, from top to bottom in
// the order in which it happened, with file, line, source text and the values read and written. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/run_report.hpp"
#include "model/submission.hpp"

namespace racecourse {

inline constexpr std::size_t kStoryLinesMax = 20;

// `steps`: the story_step events of one finding, oldest first. `sources`: the submission's files, for the
// text of lines. Steps on what only one thread ever touches are left out, and neighbouring steps of one
// thread on one line are told as one. At most kStoryLinesMax lines, the last ones; empty if there is nothing
// to tell.
[[nodiscard]] std::string tell_story(std::span<const Event> steps, std::span<const SourceFile> sources);

}  // namespace racecourse
