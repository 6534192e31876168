// preprocessed: of a compiler's -E output, the tokens that a submission's own files contributed.
//
// What a macro gave belongs to the file that used it, so a student's `HIDE` from a student's #define shows as
// what it means, and what stands in the headers of the system or of the lab is left out. Whose file it is is
// decided when the preprocessor enters it: #line and system_header change names and flags, not that.
// Total on any bytes. Pure; the tokens point into the output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "build/source_tokens.hpp"
#include "model/finding.hpp"

namespace racecourse {

struct OwnToken {
  Token token;
  int file = 0;  // Index into OwnTokens::files; `token.line` is the line in that file.
};

struct OwnTokens {
  std::vector<OwnToken> tokens;
  std::vector<std::string> files;  // Relative to the lab's folder in the submission.

  [[nodiscard]] Place place(const OwnToken& token) const;
};

[[nodiscard]] OwnTokens own_tokens(std::string_view output);

}  // namespace racecourse
