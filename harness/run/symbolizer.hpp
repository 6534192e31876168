// Symbolizer: from an offset in an ELF object to the function, file and line of the source, by elfutils'
// libdwfl.
//
// Each object is opened when it is first asked for, then kept; answers are cached, so one Symbolizer should
// serve all runs of a submission. What cannot be found (no such object, no debug information) is an empty
// answer, never an error: a stack without lines is still a stack. Debug information is only read from the
// object itself, never from elsewhere. The objects must not change while this value lives. Not thread-safe:
// one object per thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"

namespace racecourse {

inline constexpr std::string_view kSubmissionModule = "submission.so";

class Symbolizer {
 public:
  // `modules`: from the file name under which an object was loaded ("submission.so") to where the object is.
  // `source_root`: a leading folder to take off file names, for sources that were compiled under their full
  // path. Names that the compiler was given relative to its working directory come back relative in any case.
  explicit Symbolizer(std::map<std::string, std::filesystem::path> modules, std::string source_root = {});
  Symbolizer(Symbolizer&&) noexcept;
  Symbolizer& operator=(Symbolizer&&) noexcept;
  ~Symbolizer();

  // What stands at `offset` (a virtual address of the object, as a sanitizer prints it): the innermost
  // inlined function first, the function of the symbol table last. Functions are named as by
  // readable_function. For a return address, ask for the byte before it.
  [[nodiscard]] std::vector<Place> frames(const std::string& module, std::uint64_t offset);

  // The places of a stack of offsets into submission.so, innermost first, inlined calls included: those in
  // the student's own files, that is with a relative name, or all if there are none.
  [[nodiscard]] std::vector<Place> places(std::span<const std::uint64_t> offsets);

  // The log of ThreadSanitizer under symbolize=0 with the frames of known modules filled in, one line for
  // each inlined call, renumbered; as ThreadSanitizer would have written it, except that names are readable
  // ones. `log` may be any bytes; all other lines stay as they are. ThreadSanitizer prints the address of the
  // call and not of the return, in every frame (checked for g++ 12 and clang 14), so offsets are taken as
  // they are.
  [[nodiscard]] std::string symbolize_tsan_log(std::string_view log);

 private:
  class Object;
  struct Known;

  std::map<std::string, Known> modules_;
  std::string source_root_;
};

}  // namespace racecourse
