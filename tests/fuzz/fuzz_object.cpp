// Object files that a compiler made of a student's text, and the list of functions that it kept: what the
// gate and the linker's check read of them.
#include "build/exports.hpp"
#include "build/object_gate.hpp"
#include "build/unseen_access.hpp"
#include "check_findings.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace racecourse;
  const std::string_view text = fuzz::text_of(bytes, size);
  (void)missing_exports(fuzz::write_file("object", text), {"f()"});
  std::set<std::string, std::less<>> functions;
  add_instrumented_functions(text, functions);
  fuzz::check_findings(judge_unseen_accesses(text, "f.cpp"));
  const std::optional<ObjectFacts> object = read_object(text);
  if (!object) return 0;
  for (const bool instrumented : {false, true})
    fuzz::check_findings(judge_object(*object, instrumented, "f.cpp", {}, {}));
  fuzz::check_findings(judge_instrumentation(*object, functions, "f.cpp"));
  return 0;
}
