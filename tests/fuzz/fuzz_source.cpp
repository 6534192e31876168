// A student's text before and after the preprocessor, as the text gate reads it: a text never differs from
// itself, and what is said about it can be shown.
#include "build/text_gate.hpp"
#include "check_findings.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace racecourse;
  const std::string_view text = fuzz::text_of(bytes, size);
  const std::vector<SourceFile> sources = {{.name = "f.cpp", .content = std::string(text)}};
  (void)needs_preprocessor(sources);
  (void)may_differ_by_flavour(sources);
  fuzz::check_findings(judge_raw_text(sources));
  const OwnTokens own = own_tokens(text);
  for (const OwnToken& each : own.tokens) {
    const Place place = own.place(each);
    FUZZ_CHECK(place.line >= 0 && each.token.text.size() <= text.size());
  }
  fuzz::check_findings(judge_tokens(own, sources, {}));
  FUZZ_CHECK(judge_difference(own, own).empty());
  return 0;
}
