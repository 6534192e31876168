// The text gate: finds in a submission's text what no object shows any more, because its only effect is that
// something is not there, or not the same, for the instruments.
//
// It works on the tokens that the preprocessor leaves (preprocessed.hpp), so macros hide nothing. Most files
// need no preprocessor: where none of the words that could matter is spelled anywhere in the text, and
// nothing could spell it (##, joined lines), there is nothing to find; needs_preprocessor() says so from the
// bytes alone. Precise rather than complete: an ordinary attribute, pragma, pause instruction or condition
// passes, and what slips through must still pass the object gate, the canary race and the judgement of what
// it does. Pure functions.
#pragma once

#include <span>
#include <vector>

#include "build/preprocessed.hpp"
#include "model/submission.hpp"
#include "model/terms.hpp"

namespace racecourse {

// Whether any of the files must be judged after the preprocessor.
[[nodiscard]] bool needs_preprocessor(std::span<const SourceFile> sources);

// Whether what the preprocessor leaves could differ between two flavours: then both must be compared.
[[nodiscard]] bool may_differ_by_flavour(std::span<const SourceFile> sources);

// What is wrong with the text as it was handed in: line markers that only a preprocessor writes.
[[nodiscard]] std::vector<Finding> judge_raw_text(std::span<const SourceFile> sources);

// What is wrong with one source file and its headers. `sources` tells whether assembly is the student's own
// or comes with a macro of the system.
[[nodiscard]] std::vector<Finding> judge_tokens(const OwnTokens& own, std::span<const SourceFile> sources,
                                                std::span<const Permission> allowed);

// The same source file, preprocessed for two flavours.
[[nodiscard]] std::vector<Finding> judge_difference(const OwnTokens& plain, const OwnTokens& instrumented);

}  // namespace racecourse
