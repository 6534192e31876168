// Replay tokens, which come from a student's command line: what is read is what was written.
#include "fuzzing.hpp"
#include "token.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace racecourse::schedules;
  const std::optional<Token> token = token_from(racecourse::fuzz::text_of(bytes, size));
  FUZZ_CHECK(!token || token_from(to_text(*token)) == token);
  return 0;
}
