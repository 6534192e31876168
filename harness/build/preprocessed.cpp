#include "build/preprocessed.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/text.hpp"

namespace racecourse {

namespace {

// `# 12 "file" 1 3`: from here on the text is line 12 of the file; 1: it was entered, 2: returned to.
struct Marker {
  int line = 0;
  std::string file;
  bool enters = false;
  bool returns = false;
};

// `line` begins with a marker.
Marker marker_in(std::string_view line) {
  line.remove_prefix(2);
  Marker marker;
  const auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), marker.line);
  constexpr int kLineMax = 100'000'000;
  if (code != std::errc() || marker.line > kLineMax) marker.line = 1;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!line.starts_with(" \"")) return marker;
  line.remove_prefix(2);
  while (!line.empty() && line[0] != '"') {
    if (line[0] == '\\' && line.size() > 1) line.remove_prefix(1);
    marker.file += line[0];
    line.remove_prefix(1);
  }
  marker.enters = line.find(" 1") != std::string_view::npos;
  marker.returns = line.find(" 2") != std::string_view::npos;
  return marker;
}

// The compiler is called with relative names, so an absolute one belongs to the system or to the lab; unless
// it leads back to the submission's folder.
bool is_own(const std::string& file) {
  if (!file.starts_with('/')) return true;
  const std::string path = std::filesystem::path(file).lexically_normal().native();
  return path.starts_with("/proc/") || path.starts_with("/dev/") || path.starts_with("//");
}

class Reader {
 public:
  explicit Reader(std::string_view output) : output_(output) { frames_.push_back({true, 0, 1}); }

  OwnTokens read() {
    std::size_t at = 0;
    while (at < output_.size()) {
      at += frames_.back().own ? take(output_.substr(at)) : next_marker(output_.substr(at));
      const std::size_t end = std::min(output_.find('\n', at), output_.size());
      if (at < output_.size()) follow(marker_in(output_.substr(at, end - at)));
      at = std::min(end + 1, output_.size());
    }
    return std::move(result_);
  }

 private:
  struct Frame {
    bool own = true;
    int file = 0;
    int line = 1;
  };

  int index_of(std::string file) {
    while (file.starts_with("./")) file.erase(0, 2);
    file = printable(file);
    const auto found = std::ranges::find(result_.files, file);
    if (found != result_.files.end()) return static_cast<int>(found - result_.files.begin());
    result_.files.push_back(std::move(file));
    return static_cast<int>(result_.files.size()) - 1;
  }

  void follow(const Marker& marker) {
    if (marker.enters) frames_.push_back({is_own(marker.file), 0, 1});
    if (marker.returns && frames_.size() > 1) frames_.pop_back();
    Frame& frame = frames_.back();
    if (frame.own) frame.file = index_of(marker.file);
    frame.line = marker.line;
  }

  // Keeps the tokens up to the next marker, and returns where that is.
  std::size_t take(std::string_view text) {
    const Frame& frame = frames_.back();
    scratch_.clear();
    const std::size_t end = read_until_marker(text, scratch_);
    for (Token token : scratch_) {
      token.line += frame.line - 1;
      result_.tokens.push_back({token, frame.file});
    }
    return end;
  }

  // Headers are skipped by lines: their raw strings hold no markers.
  static std::size_t next_marker(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      if (begins_with_marker(text.substr(at))) return at;
      if (text.find('\n', at) == std::string_view::npos) break;
    }
    return text.size();
  }

  std::string_view output_;
  OwnTokens result_;
  std::vector<Frame> frames_;
  std::vector<Token> scratch_;
};

}  // namespace

Place OwnTokens::place(const OwnToken& token) const {
  const auto file = static_cast<std::size_t>(token.file);
  return {file < files.size() ? files[file] : std::string(), std::max(token.token.line, 1), {}};
}

OwnTokens own_tokens(std::string_view output) { return Reader(output).read(); }

}  // namespace racecourse
