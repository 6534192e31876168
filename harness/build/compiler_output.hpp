// What a compiler or linker said, understood: what is wrong, and where. Pure; total on all texts.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"

namespace racecourse {

// The place of the compiler's first error, "file:line:column: error: ..."; none where it names none. Where
// that is in somebody else's header, the place in the submission that led there, if the compiler names one.
[[nodiscard]] std::vector<Place> first_error(std::string_view output);

// Calls the lab's headers by their names alone, and leaves out the file that includes one in order to
// precompile it: what a student reads does not depend on where it was compiled. `include` is a folder,
// `includer` a file, both absolute.
[[nodiscard]] std::string without_our_places(std::string output, const std::string& include,
                                             const std::string& includer);

// The finding of functions that are declared and never defined.
[[nodiscard]] Finding missing(const std::set<std::string>& functions);

// Whether the compiler's driver says that somebody killed the compiler proper, and nothing else was wrong. It
// says so at the beginning of a line, where an #error of the student's has the name of a file.
[[nodiscard]] bool compiler_was_killed(std::string_view output);

}  // namespace racecourse
