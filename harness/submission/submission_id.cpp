#include "submission/submission_id.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/check.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace racecourse {

namespace {

constexpr std::size_t kPlainBytesMax = 100;
// What else stands in the output folder beside the submissions' folders.
constexpr std::array<std::string_view, 2> kReserved = {"summary.json", "grades.csv"};

// How an id grows until it is alone: the plain name, then hashes of what tells the submissions apart.
constexpr std::size_t kPlain = 0, kFileHash = 1, kPathHash = 2, kWholePathHash = 3;
constexpr std::array<std::size_t, 4> kHashDigits = {0, 8, 16, 64};

std::string fold_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

// A character that shows nothing or turns what follows around: zero-width and direction marks
// (U+200B..U+200F, U+2028..U+202E, U+2060..U+206F) and the byte order mark. All take three bytes.
bool is_invisible(std::string_view text) {
  if (text.size() < 3) return false;
  if (text.starts_with("\xEF\xBB\xBF")) return true;
  const auto last = static_cast<unsigned char>(text[2]);
  if (text.starts_with("\xE2\x80")) return (last >= 0x8B && last <= 0x8F) || (last >= 0xA8 && last <= 0xAE);
  return text.starts_with("\xE2\x81") && last >= 0xA0 && last <= 0xAF;
}

// Could be one of our own hashed ids, which must stay distinguishable from names that people choose.
bool looks_hashed(std::string_view id) {
  const std::size_t dash = id.rfind('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view tail = id.substr(dash + 1);
  const auto hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return std::ranges::find(kHashDigits, tail.size()) != kHashDigits.end() &&
         std::ranges::all_of(tail, hexadecimal);
}

std::string id_at(const NamedSubmission& submission, std::size_t step) {
  std::string id = plain_id(submission.name);
  if (step == kPlain) return id;
  const std::string hash = sha256_hex(step == kFileHash ? submission.file : submission.path);
  return id + "-" + hash.substr(0, kHashDigits.at(step));
}

}  // namespace

std::string plain_id(std::string_view name) {
  // printable() leaves valid UTF-8; bytes that were not become \xNN, and the backslash is replaced here.
  constexpr std::string_view kReplaced =
      "/\\\n\t\"*:<>?|";  // Beyond '/': what shares and other systems refuse.
  const std::string text = printable(name);
  std::string id;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool invisible = is_invisible(std::string_view(text).substr(i));
    id += invisible || kReplaced.find(text[i]) != std::string_view::npos ? '_' : text[i];
    if (invisible) i += 2;
  }
  if (id.size() > kPlainBytesMax) {
    std::size_t end = kPlainBytesMax;
    while (end > 0 && (static_cast<unsigned char>(id[end]) & 0xC0) == 0x80) --end;  // Not within a character.
    id.resize(end);
  }
  const std::size_t last = id.find_last_not_of(" .");  // Some systems drop these from the end of a name.
  id.resize(last == std::string::npos ? 0 : last + 1);
  id.erase(0, id.find_first_not_of(' '));
  if (id.empty()) return "submission";
  if (id[0] == '-' || id[0] == '.') id[0] = '_';
  return id;
}

std::vector<std::string> make_ids(const std::vector<NamedSubmission>& submissions) {
  std::vector<std::string> ids;
  std::vector<std::size_t> steps;
  for (const NamedSubmission& submission : submissions) {
    const std::string id = fold_case(plain_id(submission.name));
    const bool reserved = std::ranges::find(kReserved, id) != kReserved.end();
    steps.push_back(reserved || looks_hashed(id) ? kFileHash : kPlain);
    ids.push_back(id_at(submission, steps.back()));
  }
  for (;;) {
    std::map<std::string, std::vector<std::size_t>> sharing;
    for (std::size_t i = 0; i < ids.size(); ++i) sharing[fold_case(ids[i])].push_back(i);
    bool unique = true;
    for (const auto& [id, group] : sharing) {
      if (group.size() == 1) continue;
      unique = false;
      for (const std::size_t i : group) {
        RC_CHECK(steps[i] < kWholePathHash, "no two paths are equal, so their hashes differ");
        ids[i] = id_at(submissions[i], ++steps[i]);
      }
    }
    if (unique) return ids;
  }
}

}  // namespace racecourse
