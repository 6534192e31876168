#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace racecourse {

void check_failed(std::string_view expression, std::string_view why, std::source_location where) {
  std::fprintf(stderr, "racecourse: internal error at %s:%u: %.*s does not hold: %.*s\n", where.file_name(),
               where.line(), static_cast<int>(expression.size()), expression.data(),
               static_cast<int>(why.size()), why.data());
  std::fprintf(stderr, "This is a bug of Racecourse, not of a submission. No grade was written.\n");
  std::abort();
}

}  // namespace racecourse
