#include "model/nearest_name.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace racecourse {

namespace {

constexpr std::size_t kWordBytesMax = 64;  // Longer words are nobody's typing slip.

// The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, no
// part edited twice. Three rows of the usual table are enough.
std::size_t slips_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view word, std::span<const std::string_view> names) {
  if (word.empty() || word.size() > kWordBytesMax) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t slips_least = 0;
  for (const std::string_view name : names) {
    if (name.size() > kWordBytesMax) continue;
    const std::size_t slips = slips_between(word, name);
    const std::size_t slips_max = std::clamp<std::size_t>(name.size() / 3, 1, 3);
    // As many slips as letters would turn any word into any other.
    if (slips > slips_max || slips >= name.size() || (nearest && slips >= slips_least)) continue;
    nearest = name;
    slips_least = slips;
  }
  return nearest;
}

std::string either_of(std::span<const std::string_view> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

}  // namespace racecourse
