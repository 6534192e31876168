// Text: making bytes of unknown origin safe to show, and shortening them. Pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace racecourse {

// Valid UTF-8 without control characters but \n and \t, and without those that change the direction of text:
// each other byte becomes a visible \xNN. What we put into JSON, CSV and the terminal passes through here, so
// that no submission can break the report it stands in.
[[nodiscard]] std::string printable(std::string_view bytes);

// At most `bytes_max` bytes: the beginning and the end, with a line between them that says how much is left
// out.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t bytes_max);

[[nodiscard]] std::string_view trim(std::string_view text);

// Calls visit(line) for each line of the text, without its newline. The last line may lack one.
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    visit(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace racecourse
