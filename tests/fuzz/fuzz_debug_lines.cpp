// Debug information of a student's object, which libdw reads within the harness: any bytes give places that
// can be shown. Asked for at the offsets where the functions of the seeds are.
#include "check_findings.hpp"
#include "run/symbolizer.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace racecourse;
  Symbolizer symbolizer(
      {{std::string(kSubmissionModule), fuzz::write_file("submission.so", fuzz::text_of(bytes, size))}});
  for (std::uint64_t offset = 0; offset < 0x2000; offset += 0x55)
    for (const Place& place : symbolizer.frames(std::string(kSubmissionModule), offset)) {
      FUZZ_CHECK(printable(place.file) == place.file && printable(place.function) == place.function);
      FUZZ_CHECK(place.line >= 0);
    }
  return 0;
}
